import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import type { SavedHost } from '@shared/model/saved-host'
import { startSshd, type TestKey, type TestSshd } from '../../tests/support/sshd'
import { processesWhere } from '../../tests/support/process-table'
import { cpuSeconds } from '../support/process'

/** Debian's sshd on loopback with Debian's SFTP server, and the home of a person who may sign in to it. */
export interface Machine {
  readonly server: TestSshd
  readonly key: TestKey
  readonly home: string
  close(): Promise<void>
}

export async function startMachine(config: Readonly<Record<string, string>> = {}): Promise<Machine> {
  const server = await startSshd({
    config: { Subsystem: 'sftp /usr/lib/openssh/sftp-server', ...config },
  })
  const key = server.authorize('id')
  const home = join(server.directory, 'home')
  mkdirSync(join(home, '.ssh'), { recursive: true, mode: 0o700 })
  mkdirSync(join(home, 'console'), { mode: 0o700 })
  const hostKey = server.hostKeys.get('ed25519')?.publicKey ?? ''
  writeFileSync(join(home, '.ssh/known_hosts'), `* ${hostKey}\n`)
  return { server, key, home, close: () => server.close() }
}

export function savedHost(name: string, host: string, port: number, key: TestKey): SavedHost {
  return {
    id: randomUUID(),
    name,
    group: null,
    address: { transport: 'ssh', host, port, user: 'root' },
    via: [],
    authentication: { agent: false, keyFiles: [key.path], password: 'never' },
    lastUsed: null,
    connectOnStart: false,
  }
}

/** The server's process of one connection; those that it starts are counted with it. */
export function connectionProcesses(server: TestSshd): number[] {
  return processesWhere(({ parent }) => parent === server.pid).map(({ pid }) => pid)
}

/** CPU seconds of a process and of all below it. What those used that have ended is not in it. */
export function treeCpu(root: number): number {
  const all = processesWhere(() => true)
  const below = (pid: number): number[] => [
    pid,
    ...all.filter(({ parent }) => parent === pid).flatMap((child) => below(child.pid)),
  ]
  return below(root).reduce((sum, pid) => sum + cpuOf(pid), 0)
}

function cpuOf(pid: number): number {
  try {
    return cpuSeconds(pid)
  } catch {
    // It ended between the listing and the reading.
    return 0
  }
}
