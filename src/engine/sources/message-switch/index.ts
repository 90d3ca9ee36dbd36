import type { SourceDescriptor } from '../source'
import { probeSwitch } from './probe'
import { openSwitch } from './running'

/** Control messages of xapi's services on their bus, message-switch. It is read only. */
export const messageSwitchSource: SourceDescriptor = {
  kind: 'message-switch',
  title: 'Control messages (message-switch)',
  classes: {},
  probe: probeSwitch,
  open: openSwitch,
}
