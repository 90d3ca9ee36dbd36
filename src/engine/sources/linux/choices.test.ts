import { describe, expect, it } from 'vitest'
import { parseMounts } from '../../formats/procfs/mounts'
import { guessWhole, isStacked, isVirtualByName } from '../../formats/procfs/device-kinds'
import { isUsuallyIdle } from './block-devices'
import { kernelBits } from './environment'
import { realMounts } from './file-systems'

const chosen = (...lines: string[]): string[] =>
  realMounts(parseMounts(new TextEncoder().encode(lines.map((line) => `${line} rw 0 0\n`).join('')))).map(
    (mount) => mount.point,
  )

describe('which mounts are file systems worth measuring', () => {
  it('disks, pools and network shares, and memory that fills up', () => {
    expect(
      chosen(
        'sysfs /sys sysfs',
        'proc /proc proc',
        'udev /dev devtmpfs',
        'devpts /dev/pts devpts',
        'tmpfs /run tmpfs',
        'tmpfs /run/user/0 tmpfs',
        '/dev/mapper/vg-root / ext4',
        'securityfs /sys/kernel/security securityfs',
        'tmpfs /dev/shm tmpfs',
        'cgroup2 /sys/fs/cgroup cgroup2',
        'tank/home /home zfs',
        'nas:/export /mnt/nfs nfs4',
        '//nas/share /mnt/cifs cifs',
        '/dev/loop3 /snap/core squashfs',
        '/dev/sr0 /media/cd iso9660',
        'overlay /var/lib/docker/overlay2/x/merged overlay',
        'portal /run/user/0/doc fuse.portal',
        'systemd-1 /proc/sys/fs/binfmt_misc autofs',
      ),
    ).toEqual(['/run', '/', '/dev/shm', '/home', '/mnt/nfs', '/mnt/cifs'])
  })

  it('one mount point for each device: the shortest', () => {
    expect(
      chosen(
        '/dev/sda1 /var/lib/chroot/data ext4',
        '/dev/sda1 /data ext4',
        '/dev/sdb / btrfs',
        '/dev/sdb /home btrfs',
      ),
    ).toEqual(['/data', '/'])
  })

  it('a later mount hides an earlier one at the same point', () => {
    expect(
      chosen('/dev/sda1 /mnt ext4', 'proc /mnt proc', 'tmpfs /dev/shm tmpfs', 'tmpfs /dev/shm tmpfs'),
    ).toEqual(['/dev/shm'])
  })

  it('memory file systems of one name are different ones', () => {
    expect(chosen('tmpfs /run tmpfs', 'tmpfs /tmp tmpfs')).toEqual(['/run', '/tmp'])
  })

  it('the root of a container', () => {
    expect(chosen('overlay / overlay', 'overlay /other overlay', '/dev/sda1 /etc/hosts ext4')).toEqual([
      '/',
      '/etc/hosts',
    ])
  })
})

describe('which block devices are whole, by their names', () => {
  it('takes partitions out', () => {
    const whole = [
      'sda',
      'sdp',
      'nvme0n1',
      'mmcblk0',
      'md127',
      'dm-0',
      'dm-1',
      'xvda',
      'cciss/c0d0',
      'nbd1',
      'nbd11',
      'td',
      'hdp1x',
    ]
    const parts = [
      'sda1',
      'sda12',
      'sdp1',
      'nvme0n1p1',
      'mmcblk0p2',
      'md127p1',
      'xvda3',
      'cciss/c0d0p1',
      'nbd1p1',
    ]
    expect([...guessWhole([...whole, ...parts])]).toEqual(whole)
  })

  it('keeps a lone name that only looks like a partition (a Xen guest’s xvda1)', () => {
    expect([...guessWhole(['xvda1', 'xvdb'])]).toEqual(['xvda1', 'xvdb'])
  })

  it('knows the devices that exist without being used', () => {
    expect(
      ['loop0', 'ram15', 'zram0', 'nbd3', 'sr0', 'fd0', 'sda', 'dm-0', 'md0', 'ramdisk'].filter(
        isUsuallyIdle,
      ),
    ).toEqual(['loop0', 'ram15', 'zram0', 'nbd3', 'sr0', 'fd0'])
  })
})

describe('what a total of the host must not count twice', () => {
  it('devices that pass requests on', () => {
    const all = [
      'sda',
      'nvme0n1',
      'xvda',
      'vda',
      'mmcblk0',
      'sr0',
      'dm-0',
      'md127',
      'loop0',
      'bcache0',
      'drbd1',
      'zram0',
      'tdc',
    ]
    expect(all.filter((name) => !isStacked(name))).toEqual([
      'sda',
      'nvme0n1',
      'xvda',
      'vda',
      'mmcblk0',
      'sr0',
    ])
  })

  it('interfaces that pass packets on, where only names can tell', () => {
    const all = [
      'eth0',
      'enp3s0',
      'wlan0',
      'lo',
      'bond0',
      'eth0.100',
      'br-1234',
      'xenbr0',
      'vif1.0',
      'veth12',
      'docker0',
      'ifb0',
    ]
    expect(all.filter((name) => !isVirtualByName(name))).toEqual(['eth0', 'enp3s0', 'wlan0'])
  })
})

describe('width of the kernel’s counters', () => {
  it('is 32 bits for the machines known to be such', () => {
    for (const machine of ['i686', 'i386', 'armv7l', 'armv6l', 'mips', 'ppc', 's390', 'riscv32', 'sparc']) {
      expect(kernelBits(machine), machine).toBe(32)
    }
    for (const machine of [
      'x86_64',
      'aarch64',
      'arm64',
      'ppc64le',
      's390x',
      'mips64',
      'riscv64',
      'sparc64',
      'loongarch64',
      null,
    ]) {
      expect(kernelBits(machine), String(machine)).toBe(64)
    }
  })
})
