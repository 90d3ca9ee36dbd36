import { describe, expect, it } from 'vitest'
import { DiagnosticError } from '@shared/errors'
import type { Finding } from '@shared/model/host'
import type { ProbeResult } from '../source'
import { linuxSource } from './index'
import { edit, recentHost } from './testing/hosts'
import { ScriptedHost } from './testing/scripted-host'

const probe = (host: ScriptedHost): Promise<ProbeResult> =>
  linuxSource.probe({ transport: host, signal: new AbortController().signal })
const about = (result: ProbeResult, subject: string): Finding | undefined =>
  result.findings.find((finding) => finding.subject === subject)

describe('linux probe', () => {
  it('finds everything on a recent host', async () => {
    const result = await probe(recentHost())
    expect(result.usable).toBe(true)
    expect(result.findings.filter((finding) => !finding.available)).toEqual([])
    expect(result.findings.map((finding) => finding.subject)).toEqual([
      'CPU',
      'memory',
      'paging',
      'load average',
      'disks',
      'network',
      'pressure stall',
      'file systems',
      'processes',
    ])
    expect(about(result, 'CPU')?.detail).toBe('2 cores (/proc/stat)')
    expect(about(result, 'file systems')?.detail).toBe('1 file system (/proc/self/mounts)')
  })

  it('learns the facts', async () => {
    const host = recentHost()
    host.files.set('/etc/os-release', 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n')
    host.files.set('/proc/cpuinfo', 'processor : 0\nmodel name : Xeon\nflags : fpu hypervisor\n')
    host.files.set('/sys/class/dmi/id/sys_vendor', 'QEMU\n')
    host.commands.set('readlink /etc/localtime', '../usr/share/zoneinfo/Europe/Berlin\n')
    expect((await probe(host)).facts).toEqual({
      hostname: 'testhost',
      operatingSystem: 'Debian GNU/Linux 12 (bookworm)',
      kernel: '6.1.0-18-amd64',
      architecture: 'x86_64',
      cores: 2,
      processor: 'Xeon',
      memory: 8000 * 1024,
      bootedAt: 1_790_000_000_000,
      virtualization: 'kvm',
      timeZone: 'Europe/Berlin',
    })
  })

  it('leaves null what the host does not tell', async () => {
    const host = recentHost()
    host.files.delete('/proc/sys/kernel/arch')
    host.files.delete('/proc/meminfo')
    edit(host, '/proc/stat', 'btime 1790000000\n', '')
    expect((await probe(host)).facts).toMatchObject({
      operatingSystem: null,
      architecture: null,
      processor: null,
      memory: null,
      bootedAt: null,
      virtualization: null,
      timeZone: null,
    })
  })

  it('knows dom0 of a Xen host, and says what its figures are of', async () => {
    const host = recentHost()
    host.files.set('/proc/xen/capabilities', 'control_d\n')
    host.files.set('/sys/hypervisor/type', 'xen\n')
    const result = await probe(host)
    expect(result.facts.virtualization).toBe('xen dom0')
    expect(about(result, 'whole host')?.detail).toMatch(/dom0 only/)
  })

  it('guesses other places to run in', async () => {
    const guess = async (files: Record<string, string>): Promise<string | null | undefined> => {
      const host = recentHost()
      for (const [path, content] of Object.entries(files)) host.files.set(path, content)
      return (await probe(host)).facts.virtualization
    }
    const flags = (text: string): Record<string, string> => ({
      '/proc/cpuinfo': `processor: 0\nflags: ${text}\n`,
    })
    expect(await guess({ '/sys/hypervisor/type': 'xen', '/sys/hypervisor/guest_type': 'HVM' })).toBe(
      'xen guest (HVM)',
    )
    expect(await guess({ ...flags('hypervisor'), '/sys/class/dmi/id/sys_vendor': 'VMware, Inc.' })).toBe(
      'vmware',
    )
    expect(await guess({ ...flags('fpu'), '/sys/class/dmi/id/sys_vendor': 'Microsoft Corporation' })).toBe(
      'none',
    )
    expect(await guess(flags('hypervisor'))).toBe('unknown hypervisor')
    expect(await guess({ '/run/systemd/container': 'lxc' })).toBe('container (lxc)')
  })

  it('says what is missing, why, and what to do', async () => {
    const host = recentHost()
    host.files.delete('/proc/pressure/cpu')
    host.files.set(
      '/proc/diskstats',
      new DiagnosticError('permission-denied', 'Permission denied.', { hint: 'Log in as root.' }),
    )
    host.files.delete('/proc/1/stat')
    const result = await probe(host)
    expect(result.usable).toBe(true)
    expect(about(result, 'pressure stall')).toMatchObject({ available: false })
    expect(about(result, 'pressure stall')?.detail).toMatch(/psi=1 to the kernel command line/)
    expect(about(result, 'disks')?.detail).toBe('Permission denied. Log in as root.')
    expect(about(result, 'processes')?.detail).toMatch(/hidepid/)
  })

  it('explains a kernel that has the pressure files but refuses them', async () => {
    const host = recentHost()
    host.files.set('/proc/pressure/cpu', new DiagnosticError('not-supported', 'Not offered.'))
    expect(about(await probe(host), 'pressure stall')?.detail).toMatch(/^Not offered\. .*psi=1/)
  })

  it('says that available memory is an estimate on old kernels', async () => {
    const host = recentHost()
    edit(host, '/proc/meminfo', 'MemAvailable: 5000 kB\n', '')
    expect(about(await probe(host), 'memory')).toMatchObject({ available: true })
    expect(about(await probe(host), 'memory')?.detail).toMatch(/estimated/)
  })

  it('is not usable on what is no Linux host, or prints something else', async () => {
    const nothing = await probe(new ScriptedHost())
    expect(nothing).toMatchObject({ usable: false, facts: {} })
    expect(about(nothing, 'CPU')?.detail).toMatch(/not a Linux host/)
    const odd = await probe(new ScriptedHost({ '/proc/stat': 'hello\n' }))
    expect(odd.usable).toBe(false)
    expect(about(odd, 'CPU')?.detail).toMatch(/not in the form/)
  })

  it('does not throw when the host is gone', async () => {
    const host = recentHost()
    host.failure = new DiagnosticError('connection-lost', 'The host is gone.')
    const result = await probe(host)
    expect(result.usable).toBe(false)
    expect(about(result, 'CPU')?.detail).toBe('The host is gone.')
  })
})
