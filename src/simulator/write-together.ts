import type { Socket } from 'node:net'

/** The switch writes in blocks of this size; they go to the kernel one by one. */
const block = 4096

/** Small messages of one turn of the loop go to the kernel in one call: that is most of their cost. */
export function writeTogether(socket: Socket, bytes: Uint8Array): void {
  if (bytes.length >= block) socket.uncork()
  else if (socket.writableCorked === 0) {
    socket.cork()
    setImmediate(() => socket.uncork())
  }
  socket.write(bytes)
}
