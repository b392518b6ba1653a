"""Runs a command in a terminal of 100 columns: argv is what to wait for, the key to press then, and the command.

Prints JSON: the exit status, and all that the terminal got. Makes the file $MALT_TEST_SHOWN once it got anything.
"""

import fcntl
import json
import os
import pty
import re
import struct
import sys
import termios

pattern, key, *command = sys.argv[1:]
pid, terminal = pty.fork()
if pid == 0:
    # Until there is a size, the program would see none.
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    os.execv(command[0], command)
seen = b""
pressed = False
while True:
    try:
        data = os.read(terminal, 65536)
    except OSError:
        # Linux says so when nobody has the other end open any more.
        break
    if not data:
        break
    seen += data
    if "MALT_TEST_SHOWN" in os.environ:
        open(os.environ["MALT_TEST_SHOWN"], "w").close()
    if not pressed and re.search(pattern.encode(), seen):
        pressed = True
        os.write(terminal, key.encode())
_, status = os.waitpid(pid, 0)
print(json.dumps({"status": os.WEXITSTATUS(status), "pressed": pressed, "seen": seen.decode("utf-8", "replace")}))
