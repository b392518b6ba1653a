/** The C library: the one place that opens it, and the functions the other files here call. */

import { dlopen, FFIType, read } from "bun:ffi";

const { i32, u32, i64, u64, ptr, cstring } = FFIType;

const FUNCTIONS = {
  __errno_location: { args: [], returns: ptr },
  socket: { args: [i32, i32, i32], returns: i32 },
  setsockopt: { args: [i32, i32, i32, ptr, u32], returns: i32 },
  bind: { args: [i32, ptr, u32], returns: i32 },
  listen: { args: [i32, i32], returns: i32 },
  getsockname: { args: [i32, ptr, ptr], returns: i32 },
  getsockopt: { args: [i32, i32, i32, ptr, ptr], returns: i32 },
  connect: { args: [i32, ptr, u32], returns: i32 },
  sendto: { args: [i32, ptr, u64, i32, ptr, u32], returns: i64 },
  sendmsg: { args: [i32, ptr, i32], returns: i64 },
  sendfile: { args: [i32, i32, ptr, u64], returns: i64 },
  dup3: { args: [i32, i32, i32], returns: i32 },
  pipe2: { args: [ptr, i32], returns: i32 },
  dup: { args: [i32], returns: i32 },
  // Its third argument, where there is one, is an int for all that is asked of it here.
  fcntl: { args: [i32, i32, i32], returns: i32 },
  flock: { args: [i32, i32], returns: i32 },
  execv: { args: [cstring, ptr], returns: i32 },
  unsetenv: { args: [cstring], returns: i32 },
  setenv: { args: [cstring, cstring, i32], returns: i32 },
  waitpid: { args: [i32, ptr, i32], returns: i32 },
  // Addresses are numbers here: they are not of our own data.
  madvise: { args: [u64, u64, i32], returns: i32 },
  mmap: { args: [u64, u64, i32, i32, i32, i64], returns: ptr },
  // What is called by it has two arguments.
  syscall: { args: [i64, ptr, u64], returns: i64 },
  ftruncate: { args: [i32, i64], returns: i32 },
  getrlimit: { args: [i32, ptr], returns: i32 },
  setrlimit: { args: [i32, ptr], returns: i32 },
  clock_gettime: { args: [i32, ptr], returns: i32 },
  sysconf: { args: [i32], returns: i64 },
  getpwuid: { args: [u32], returns: ptr },
  getpwnam: { args: [cstring], returns: ptr },
  getgrgid: { args: [u32], returns: ptr },
  getgrnam: { args: [cstring], returns: ptr },
  initgroups: { args: [cstring, u32], returns: i32 },
  getgrouplist: { args: [cstring, u32, ptr, ptr], returns: i32 },
  setgid: { args: [u32], returns: i32 },
  setuid: { args: [u32], returns: i32 },
} as const;

// A compiled Bun refuses dlopen(null), so the library is named: glibc first, then what musl calls itself.
const NAMES = ["libc.so.6", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1"];

function open() {
  const failures: string[] = [];
  for (const name of NAMES) {
    try {
      return dlopen(name, FUNCTIONS).symbols;
    } catch (error) {
      failures.push(`  ${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new Error(
    `the C library cannot be opened; malt needs glibc or musl on x86-64 or ARM64\n${failures.join("\n")}`,
  );
}

let opened: ReturnType<typeof open> | undefined;

/** The functions of the C library; throws with every name tried when there is none. */
export function libc(): ReturnType<typeof open> {
  return (opened ??= open());
}

/** The error number of the call just made. Ask at once: the runtime's own system calls overwrite it. */
export function errno(): number {
  const { __errno_location: locate } = libc();
  const location = locate();
  return location === null ? 0 : read.i32(location, 0);
}

/** Text as C wants it. */
export function zeroTerminated(text: string): Buffer {
  return Buffer.from(`${text}\0`, "utf8");
}
