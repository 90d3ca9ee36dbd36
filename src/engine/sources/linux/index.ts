import type { SourceDescriptor } from '../source'
import { probeLinux } from './probe'
import { openLinux } from './running'

/** Load of any Linux host, read from /proc and /sys. */
export const linuxSource: SourceDescriptor = {
  kind: 'linux',
  title: 'Linux host',
  classes: {
    host: 'The host as a whole',
    cpu: 'Processor cores that are online',
    disk: 'Block devices without their partitions',
    network: 'Network interfaces',
    filesystem: 'Mounted file systems',
  },
  probe: probeLinux,
  open: openLinux,
}
