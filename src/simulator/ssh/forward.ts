import { connect } from 'node:net'
import type { ServerChannel } from 'ssh2'

/** Joins a channel with a Unix socket; `path` is its place on this machine. */
export function forwardSocket(path: string, accept: () => ServerChannel, reject: () => void): void {
  const socket = connect(path)
  socket.once('error', reject)
  socket.once('connect', () => {
    socket.off('error', reject)
    const channel = accept()
    channel.on('error', () => socket.destroy())
    socket.on('error', () => channel.close())
    channel.on('close', () => socket.destroy())
    channel.pipe(socket).pipe(channel)
  })
}
