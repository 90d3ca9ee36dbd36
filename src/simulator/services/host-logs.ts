import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Estate } from './estate'
import { LogFile, xensource } from './log-file'
import type { Random } from './random'
import { makeTask, type Task } from './task'

export interface LoggedCall {
  readonly caller: string
  readonly server: string
  readonly queue: string
  readonly method: string
  readonly task: Task
  readonly failed: boolean
  readonly seconds: number
}

/** `/var/log/xensource.log` and `/var/log/SMlog` of the simulated host: lines of a call have its task id. */
export class HostLogs {
  readonly #xensource: LogFile
  readonly #storage: LogFile
  readonly #random: Random

  private constructor(folder: string, hostname: string, random: Random) {
    this.#xensource = new LogFile(join(folder, 'xensource.log'), hostname)
    this.#storage = new LogFile(join(folder, 'SMlog'), hostname)
    this.#random = random
  }

  /** `folder` is the host's /var/log; the last half hour is there already. */
  static async open(folder: string, estate: Estate, random: Random): Promise<HostLogs> {
    await mkdir(folder, { recursive: true })
    const logs = new HostLogs(folder, estate.hostname, random)
    logs.#writePast(estate)
    return logs
  }

  began({ caller, queue, method, task }: Pick<LoggedCall, 'caller' | 'queue' | 'method' | 'task'>): void {
    const text = `${method} on ${queue} for ${task.name}`
    this.#xensource.write(
      caller,
      xensource('debug', this.#thread(), label(task), 'xapi_message_switch', text),
    )
  }

  ended(call: LoggedCall): void {
    const { server, queue, method, task, failed, seconds } = call
    const took = `${method} took ${seconds.toFixed(3)} s`
    this.#xensource.write(
      server,
      failed
        ? xensource(
            'error',
            this.#thread(),
            label(task),
            'backtrace',
            `${method} failed with exception ${this.#exception(queue)}`,
          )
        : xensource('debug', this.#thread(), label(task), moduleOf(server), took),
    )
    if (queue.endsWith('.storage')) this.#writeStorage(call)
  }

  say(process: string, message: string): void {
    this.#xensource.write(process, xensource(' info', this.#thread(), '', 'daemon', message))
  }

  async close(): Promise<void> {
    await Promise.all([this.#xensource.close(), this.#storage.close()])
  }

  #writeStorage({ method, failed, task }: LoggedCall): void {
    const pid = 20_000 + this.#random.integer(9_000)
    const command = `['/usr/sbin/td-util', 'query', 'vhd', '-vpfb', '/var/run/sr-mount/${this.#random.uuid()}.vhd']`
    this.#storage.write(
      'SM',
      `[${pid}] ${method} {'task': '${task.id}', 'command': '${method.replace('.', '_').toLowerCase()}'}`,
    )
    this.#storage.write('SM', `[${pid}] ${command}`)
    this.#storage.write(
      'SM',
      failed
        ? `[${pid}] FAILED in util.pread: (rc 22) stdout: '', stderr: 'locked'`
        : `[${pid}]   pread SUCCESS`,
    )
  }

  #exception(queue: string): string {
    return queue.endsWith('.storage')
      ? 'Server_error(SR_BACKEND_FAILURE_46, [ ; The VDI is not available; ])'
      : 'Xenops_interface.Xenopsd_error([S(Does_not_exist);[S(VM)]])'
  }

  #writePast(estate: Estate): void {
    const minutes = 30
    const now = Date.now()
    for (let second = minutes * 60; second > 0; second -= 10) {
      const task = makeTask(this.#random, 'session_revalidation_func')
      const time = new Date(now - second * 1000)
      const text = 'revalidating all external sessions in the local host'
      this.#xensource.write('xapi', xensource('debug', this.#thread(), label(task), 'xapi', text), time)
    }
    this.#xensource.write(
      'xapi',
      xensource(' info', 0, '', 'xapi', `This is a simulated host, ${estate.hostname}`),
    )
  }

  #thread(): number {
    return this.#random.integer(100_000)
  }
}

const label = ({ name, id }: Task): string => `${name} ${id}`

const moduleOf = (process: string): string =>
  ({ 'xenopsd-xc': 'xenops', squeezed: 'memory', 'xcp-networkd': 'network_utils', v6d: 'v6' })[process] ??
  'xapi'
