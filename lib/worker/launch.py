"""Become another user for good and run a program: `python -I -S launch.py UID GID USER PROGRAM ARGS…`, as root.

The program is executed anew, so that the kernel lets its own user look into it again (/proc/PID/fd).
"""

import os
import sys


def drop(uid, gid, user):
    """Give up root: all group and user ids of the process become those of `user`. Raises OSError or RuntimeError."""
    if uid == 0:
        raise RuntimeError("user id 0 is root: name another user with --user")
    os.initgroups(user, gid)
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    if os.getresuid() != (uid, uid, uid) or os.getresgid() != (gid, gid, gid):
        raise RuntimeError("the ids are %r and %r afterwards" % (os.getresuid(), os.getresgid()))
    if not set(os.getgroups()) <= set(os.getgrouplist(user, gid)):
        raise RuntimeError("the process is still in the groups %r" % os.getgroups())
    try:
        os.setuid(0)
    except PermissionError:
        return
    raise RuntimeError("the process could become root again")


def main(arguments):
    """Doesn't return when all goes well."""
    try:
        uid, gid, user, program = int(arguments[0]), int(arguments[1]), arguments[2], arguments[3]
    except (ValueError, IndexError):
        sys.exit("launch.py: usage: launch.py UID GID USER PROGRAM ARGS…")
    try:
        drop(uid, gid, user)
    except (OSError, RuntimeError) as error:
        sys.exit("launch.py: can't become user %s (uid %d, gid %d): %s" % (user, uid, gid, error))
    os.umask(0o022)
    try:
        os.execv(program, arguments[3:])
    except OSError as error:
        sys.exit("launch.py: can't run %s as user %s: %s" % (program, user, error))


main(sys.argv[1:])
