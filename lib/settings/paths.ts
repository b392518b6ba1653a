/** POSIX paths as texts, without asking the file system. Pure. */

/** `path` made absolute against the absolute `directory`, with ".", ".." and doubled or trailing slashes resolved. */
export function absolute(directory: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith("/") ? path : `${directory}/${path}`).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/** The directory that holds an absolute path. */
export function parentOf(path: string): string {
  return absolute(path, "..");
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
