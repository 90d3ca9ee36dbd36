import { Duplex } from 'node:stream'
import type { Transport } from '../../transports/transport'

/**
 * A connection to a socket of the host through a program there that hands bytes on, where the host forwards no sockets
 * and its curl is too old for them (`--unix-socket` came with 7.40; CentOS 7, below XCP-ng 8.2, has 7.29).
 */
export async function openRelay(transport: Transport, path: string, signal: AbortSignal): Promise<Duplex> {
  const command = await transport.spawn(['sh', '-c', firstTool, 'sh', path], { signal })
  const socket = Duplex.from({ writable: command.stdin, readable: command.stdout })
  // Stays for good: an error that comes while nobody listens must not end the engine.
  socket.on('error', () => undefined)
  socket.once('close', () => void command.end().catch(() => undefined))
  command.done.then(
    () => socket.destroy(),
    () => socket.destroy(),
  )
  return socket
}

/** Python 2 and 3. */
const python = `
import os, select, socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
while True:
    ready = select.select([0, s], [], [])[0]
    if 0 in ready:
        data = os.read(0, 65536)
        if not data: break
        s.sendall(data)
    if s in ready:
        data = s.recv(65536)
        if not data: break
        while data: data = data[os.write(1, data):]
`

const firstTool = `
has() { command -v "$1" >/dev/null 2>&1; }
if has socat; then exec socat - "UNIX-CONNECT:$1"; fi
if has ncat; then exec ncat -U "$1"; fi
if has nc && nc -h 2>&1 | grep -q -e '-U'; then exec nc -U "$1"; fi
for each in python3 python python2 /usr/libexec/platform-python; do
  if has "$each"; then exec "$each" -c '${python}' "$1"; fi
done
exit 127
`
