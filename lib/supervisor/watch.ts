/** Looks at something again and again: often while it changes, rarely while it rests. */

/** Deadlines are whole seconds: kept well enough by a look this often. */
const OFTEN_MS = 200;

/** Each look wakes a process that may have nothing else to do for days. */
const RARELY_MS = 1000;

export interface Watch {
  /** Something changed: the next look comes soon. */
  hasten(): void;
  stop(): void;
}

/** @param look says whether the next look is to come soon. */
export function watchOver(look: () => boolean): Watch {
  let often = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = () => {
    timer = setTimeout(
      () => {
        often = look();
        wait();
      },
      often ? OFTEN_MS : RARELY_MS,
    );
  };
  wait();
  return {
    hasten() {
      if (often) return;
      often = true;
      clearTimeout(timer);
      wait();
    },
    stop: () => clearTimeout(timer),
  };
}
