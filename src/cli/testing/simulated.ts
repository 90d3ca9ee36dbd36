import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import type { BuiltProgram } from './program'

/** A simulated host for the tests of a file, and how the program reaches it. */
export interface HostForTests {
  readonly target: () => string
  /** A file among the host's logs. */
  readonly log: (name: string) => string
  /** Gives the program of this test what it needs to sign in. */
  readonly admit: (program: BuiltProgram) => void
}

interface StartedHost {
  readonly endpoints: {
    readonly ssh: {
      readonly user: string
      readonly port: number
      readonly key: string
      readonly knownHosts: string
    }
  }
  close(): Promise<void>
}

/** `start` starts one in a folder. */
export function useSimulatedHost(start: (directory: string) => Promise<StartedHost>): HostForTests {
  const directory = mkdtempSync(join(tmpdir(), 'xcp-cli-host-'))
  let host: StartedHost
  beforeAll(async () => {
    host = await start(directory)
  })
  afterAll(async () => {
    await host.close()
    rmSync(directory, { recursive: true, force: true })
  })
  return {
    target: () => `ssh://${host.endpoints.ssh.user}@127.0.0.1:${host.endpoints.ssh.port}`,
    log: (name) => join(directory, 'var/log', name),
    admit({ home }) {
      copyFileSync(host.endpoints.ssh.key, join(home, '.ssh/id_ed25519'))
      copyFileSync(host.endpoints.ssh.knownHosts, join(home, '.ssh/known_hosts'))
    },
  }
}
