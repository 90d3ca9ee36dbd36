import { spawn, type ChildProcess } from 'node:child_process'
import type { ServerChannel } from 'ssh2'

/** Runs command lines in a shell with a process group of its own, as sshd does. */
export class Commands {
  readonly #running = new Set<ChildProcess>()

  run(command: string, channel: ServerChannel): void {
    const child = spawn('/bin/sh', ['-c', command], {
      detached: true,
      cwd: '/',
      env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: '/', USER: 'root', SHELL: '/bin/sh' },
    })
    this.#running.add(child)
    channel.pipe(child.stdin)
    child.stdout.pipe(channel, { end: false })
    child.stderr.pipe(channel.stderr, { end: false })
    for (const stream of [channel, channel.stderr, child.stdin, child.stdout, child.stderr]) {
      stream.on('error', () => undefined)
    }
    child.on('error', () => channel.exit(127))
    child.on('close', (code, signal) => {
      this.#running.delete(child)
      if (signal !== null) channel.exit(signal.replace('SIG', ''))
      else channel.exit(code ?? 1)
      channel.end()
    })
    // The host goes on with what still runs, but nobody reads any more.
    channel.on('close', () => child.stdin.destroy())
  }

  endAll(): void {
    for (const { pid } of this.#running) if (pid !== undefined) killGroup(pid)
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has just ended.
  }
}
