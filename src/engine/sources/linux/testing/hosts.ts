import { ScriptedHost } from './scripted-host'

/** A small host with a recent kernel; tests change what they are about. */
export function recentHost(): ScriptedHost {
  const host = new ScriptedHost({
    '/proc/stat':
      'cpu  100 10 50 1000 40 5 5 20 8 2\ncpu0 60 5 25 500 20 3 2 10 4 1\ncpu1 40 5 25 500 20 2 3 10 4 1\n' +
      'intr 5000 1 2 3\nctxt 9000\nbtime 1790000000\nprocesses 700\nprocs_running 2\nprocs_blocked 1\n',
    '/proc/meminfo':
      'MemTotal: 8000 kB\nMemFree: 1000 kB\nMemAvailable: 5000 kB\nBuffers: 100 kB\nCached: 3000 kB\n' +
      'SwapTotal: 2000 kB\nSwapFree: 1500 kB\nDirty: 8 kB\n',
    '/proc/vmstat': 'pswpin 10\npswpout 20\npgmajfault 30\n',
    '/proc/loadavg': '0.50 1.25 2.00 2/100 700\n',
    '/proc/uptime': '1000.50 1900.00\n',
    '/proc/diskstats':
      '   8 0 sda 100 0 2000 500 200 0 4000 900 0 700 1400 1 0 8 1 2 3\n' +
      '   8 1 sda1 90 0 1900 480 190 0 3900 880 0 690 1390 1 0 8 1 2 3\n' +
      '   7 0 loop0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n',
    '/proc/net/dev':
      'Inter-|   Receive |  Transmit\n face |bytes packets\n' +
      '    lo: 1000 10 0 0 0 0 0 0 1000 10 0 0 0 0 0 0\n  eth0: 5000 50 1 2 0 0 0 0 7000 70 3 4 0 0 0 0\n',
    '/proc/pressure/cpu': 'some avg10=0.00 avg60=0.00 avg300=0.00 total=1000000\n',
    '/proc/pressure/memory': 'some avg10=0.00 total=2000000\nfull avg10=0.00 total=1000000\n',
    '/proc/pressure/io': 'some avg10=0.00 total=4000000\nfull avg10=0.00 total=3000000\n',
    '/proc/self/mounts': '/dev/sda1 / ext4 rw 0 0\nproc /proc proc rw 0 0\n',
    '/proc/sys/kernel/hostname': 'testhost\n',
    '/proc/sys/kernel/osrelease': '6.1.0-18-amd64\n',
    '/proc/sys/kernel/arch': 'x86_64\n',
    '/proc/1/stat': processLine({ pid: 1, name: 'init' }),
    '/sys/class/net/eth0/device/uevent': 'DRIVER=virtio_net\n',
    '/sys/block/sda/size': '100\n',
    '/sys/block/loop0/size': '0\n',
  })
  host.commands.set('getconf PAGESIZE', '4096\n')
  host.commands.set('getconf CLK_TCK', '100\n')
  host.uses.set('/', { size: 1000, free: 400, available: 300, inodes: 100, inodesFree: 75 })
  return host
}

export interface FakeProcess {
  readonly pid: number
  readonly name?: string
  readonly state?: string
  readonly ticks?: number
  readonly start?: number
  readonly pages?: number
}

/** /proc/<pid>/stat. */
export function processLine({
  pid,
  name = 'x',
  state = 'S',
  ticks = 0,
  start = 5,
  pages = 10,
}: FakeProcess): string {
  return `${pid} (${name}) ${state} 0 0 0 0 -1 0 0 0 0 0 ${ticks} 0 0 0 20 0 3 0 ${start} 1000 ${pages} 0 0\n`
}

/** Replaces one text in a file of the host. */
export function edit(host: ScriptedHost, path: string, from: string | RegExp, to: string): void {
  const content = host.files.get(path)
  if (typeof content !== 'string') throw new Error(`${path} has no text`)
  const edited = content.replace(from, to)
  if (edited === content) throw new Error(`${path} does not hold ${String(from)}`)
  host.files.set(path, edited)
}
