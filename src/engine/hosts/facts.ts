import type { HostFacts } from '@shared/model/host'

export const noFacts: HostFacts = {
  hostname: null,
  operatingSystem: null,
  kernel: null,
  architecture: null,
  cores: null,
  processor: null,
  memory: null,
  bootedAt: null,
  virtualization: null,
  timeZone: null,
}
