"""Clients of one large file that read a byte a second: python slow_readers.py PORT PATH CLIENTS

Prints a line each second: how many bytes all of them have read, and how many are still connected. Ends with its input.
"""

import select
import socket
import sys

port, path, count = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
request = "GET {} HTTP/1.1\r\nHost: malt.test\r\n\r\n".format(path).encode()
clients = []
for _ in range(count):
    client = socket.create_connection(("127.0.0.1", port))
    client.sendall(request)
    clients.append(client)

read = 0
while True:
    for client in list(clients):
        # The first byte may take a moment; after that there is always one.
        byte = client.recv(1)
        read += len(byte)
        if not byte:
            clients.remove(client)
    print(read, len(clients), flush=True)
    if select.select([sys.stdin], [], [], 1)[0]:
        break
