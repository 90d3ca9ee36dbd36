import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { until } from '../../tests/support/poll'
import type { TestSshd } from '../../tests/support/sshd'

/**
 * A second sshd, of the same keys, in a network of its own behind a link that can be cut: packets vanish, nobody is
 * told, and the kernel's own repetitions decide when it heals. Null where this machine allows no such network.
 */
export interface CutNetwork {
  readonly host: string
  readonly port: number
  readonly cut: () => void
  readonly heal: () => void
  close(): Promise<void>
}

const near = '10.213.7.1'
const far = '10.213.7.2'

export async function startCutNetwork(server: TestSshd): Promise<CutNetwork | null> {
  const inside = startInside(server)
  const link = `xcp${process.pid}`
  try {
    await until(
      () => hasOwnNetwork(inside),
      () => 'a process has a network of its own',
      3_000,
    )
    run('ip', `link add ${link} type veth peer name far netns ${inside.pid}`)
    run('ip', `addr add ${near}/30 dev ${link}`)
    run('ip', `link set ${link} up`)
  } catch {
    inside.kill('SIGKILL')
    return null
  }
  inside.stdin?.write('\n')
  let log = ''
  inside.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()))
  await until(
    () => log.includes(`listening on ${far}`),
    () => `sshd in a network of its own: ${log}`,
  )
  return {
    host: far,
    port: server.port,
    // A bucket smaller than any packet lets none pass.
    cut: () => run('tc', `qdisc add dev ${link} root tbf rate 8bit burst 1b limit 1b`),
    heal: () => run('tc', `qdisc del dev ${link} root`),
    async close() {
      const exited = once(inside, 'exit')
      inside.kill('SIGTERM')
      await exited
      // With its other end; the network goes with its last process.
      run('ip', `link del ${link}`)
    },
  }
}

const run = (program: string, line: string): void =>
  void execFileSync(program, line.split(' '), { stdio: 'ignore' })

/** Waits for a line, by when the link is there, and becomes sshd. */
function startInside(server: TestSshd): ChildProcess {
  const config = join(server.directory, 'sshd_config')
  const script = [
    'read go',
    'ip link set lo up',
    `ip addr add ${far}/30 dev far`,
    'ip link set far up',
    `exec /usr/sbin/sshd -D -e -f ${config} -o ListenAddress=${far}:${server.port}`,
  ].join(' && ')
  const command = ['--pdeathsig', 'TERM', 'unshare', '--net', 'sh', '-c', script]
  return spawn('setpriv', command, { stdio: ['pipe', 'ignore', 'pipe'] })
}

function hasOwnNetwork({ pid }: ChildProcess): boolean {
  const networkOf = (process: string): string => readlinkSync(`/proc/${process}/ns/net`)
  return pid !== undefined && networkOf(String(pid)) !== networkOf('self')
}
