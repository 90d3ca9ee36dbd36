import { parseMounts, type Mount } from '../../formats/procfs/mounts'
import type { FileSystemUse } from '../../transports/transport'
import type { SampleGroup, SourceContext } from '../source'
import { gauge, type Column } from './columns'
import { HostFile } from './host-file'
import { InstanceSet } from './instances'

export const fileSystemInterval = 5_000
/** A mount that did not answer in time (a dead NFS server) is asked again after this many milliseconds. */
const silentFor = 60_000
const deadline = 3_000

/** Types that keep data without a local device. */
const remoteOrPooled =
  /^(nfs4?|cifs|smb3|smbfs|ceph|9p|virtiofs|zfs|afs|lustre|gpfs|ubifs|fuse\.(glusterfs|sshfs|ceph|s3fs|rclone))$/
/** Images that are always full: their use says nothing. */
const image = /^(squashfs|erofs|cramfs|romfs|iso9660|fuse\.snapfuse)$/
/** Memory whose filling up stops programs. */
const watchedMemory = new Set(['/dev/shm', '/run', '/tmp'])

function holdsData({ source, point, type }: Mount): boolean {
  if (image.test(type)) return false
  if (type === 'tmpfs') return watchedMemory.has(point)
  // Inside a container the root is an overlay; elsewhere overlays show the use of a disk already listed.
  if (type === 'overlay') return point === '/'
  return (source.startsWith('/dev/') && type !== 'devtmpfs') || remoteOrPooled.test(type)
}

/**
 * The mount points worth measuring: real file systems, each device once, at its shortest mount point
 * (bind mounts and subvolumes share one free space). A later mount hides an earlier one at the same point.
 */
export function realMounts(mounts: readonly Mount[]): Mount[] {
  const visible = new Map(mounts.map((mount) => [mount.point, mount]))
  const chosen = new Map<string, Mount>()
  for (const mount of visible.values()) {
    if (!holdsData(mount)) continue
    const key = sharesNothing(mount) ? `point ${mount.point}` : `source ${mount.source}`
    const known = chosen.get(key)
    if (known === undefined || mount.point.length < known.point.length) chosen.set(key, mount)
  }
  return [...chosen.values()]
}

/** Two mounts of one source are the same file system, but for those that have a mere name as their source. */
const sharesNothing = ({ type, source }: Mount): boolean => type === 'tmpfs' || source === '/dev/fuse'

const used = (use: FileSystemUse): number => use.size - use.free

/** NaN instead of a division by zero: file systems that count no inodes say 0. */
const share = (part: number, whole: number): number => (whole > 0 ? part / whole : NaN)

const columns: readonly Column<FileSystemUse>[] = [
  gauge(['size', 'bytes', 'Size of the file system'], (use) => use.size),
  gauge(['used', 'bytes', 'Space in use'], used),
  gauge(['available', 'bytes', 'Space that an unprivileged user can still write'], (use) => use.available),
  gauge(['use', 'ratio', 'Used, of used and available, as df prints it'], (use) =>
    share(used(use), used(use) + use.available),
  ),
  gauge(['inodes_use', 'ratio', 'Inodes in use'], (use) => share(use.inodes - use.inodesFree, use.inodes)),
]

const noUse: FileSystemUse = { size: NaN, free: NaN, available: NaN, inodes: NaN, inodesFree: NaN }

/** Use of the file systems, every five seconds. */
export class FileSystemSampler {
  readonly #context: SourceContext
  readonly #group: SampleGroup
  readonly #mounts: HostFile
  readonly #instances: InstanceSet<FileSystemUse>
  /** Mount points that did not answer, and when they are asked again. */
  readonly #silentUntil = new Map<string, number>()

  constructor(context: SourceContext) {
    this.#context = context
    this.#group = context.sink.group('slow', fileSystemInterval)
    this.#mounts = new HostFile('/proc/self/mounts', context)
    this.#instances = new InstanceSet({ group: this.#group, class: 'filesystem', columns: () => columns })
  }

  async sample(): Promise<void> {
    const { clock, signal } = this.#context
    const time = clock.now()
    const monotonic = clock.monotonic()
    await this.#mounts.read()
    if (this.#mounts.content === null) return
    const points = realMounts(parseMounts(this.#mounts.content)).map((mount) => mount.point)
    const uses = await this.#ask(points, monotonic)
    if (signal.aborted) return
    points.forEach((point) => this.#instances.see(point, noUse))
    this.#instances.sweep()
    points.forEach((point) => this.#instances.write(point, uses.get(point) ?? noUse))
    this.#group.commit(time, monotonic)
  }

  async close(): Promise<void> {
    await this.#mounts.close()
  }

  async #ask(points: readonly string[], now: number): Promise<Map<string, FileSystemUse>> {
    const { transport, signal } = this.#context
    for (const [point, until] of this.#silentUntil) if (until <= now) this.#silentUntil.delete(point)
    const asked = points.filter((point) => !this.#silentUntil.has(point))
    const answers = new Map<string, FileSystemUse>()
    try {
      const uses = await transport.fileSystemUse(asked, { signal, deadline })
      asked.forEach((point, index) => {
        const use = uses[index]
        if (use) answers.set(point, use)
        else this.#silentUntil.set(point, now + silentFor)
      })
    } catch {
      // No answer at all: missing values, and the load sampler decides whether the transport is lost.
    }
    return answers
  }
}
