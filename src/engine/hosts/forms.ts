import type { ConnectForms } from '@shared/model/form'
import { localForm } from '../transports/local/form'
import { sshForm } from '../transports/ssh/form'

/** What the connect dialog draws itself from: a new transport is its folder and its line here. */
export const connectForms: ConnectForms = {
  transports: [localForm, sshForm],
  host: [
    { kind: 'text', key: 'name', label: 'Name', placeholder: 'as the host', advanced: false },
    { kind: 'text', key: 'group', label: 'Group', placeholder: 'none', suggest: true, advanced: false },
    {
      kind: 'check',
      key: 'connectOnStart',
      label: 'Connect when the console starts',
      default: false,
      advanced: false,
    },
  ],
}
