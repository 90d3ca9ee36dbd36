import type { TransportForm } from '@shared/model/form'

/** What a person is asked to reach a host by SSH. */
export const sshForm: TransportForm = {
  transport: 'ssh',
  title: 'SSH',
  offered: true,
  scheme: '',
  example: 'user@host:port',
  fields: [
    {
      kind: 'text',
      key: 'address.user',
      label: 'User',
      placeholder: 'as ~/.ssh/config says, else yours',
      advanced: false,
    },
    {
      kind: 'number',
      key: 'address.port',
      label: 'Port',
      placeholder: 'as ~/.ssh/config says, else 22',
      minimum: 1,
      maximum: 65_535,
      advanced: false,
    },
    {
      kind: 'hosts',
      key: 'via',
      label: 'Jump hosts',
      hint: 'The one to dial first on top. Without any: those of ~/.ssh/config.',
      item: 'jump host',
      maximum: 2,
      advanced: true,
    },
    {
      kind: 'paths',
      key: 'authentication.keyFiles',
      label: 'Key files',
      hint: 'One a line, offered in this order after the agent’s keys. Without any: those of ~/.ssh/config.',
      placeholder: '~/.ssh/id_ed25519',
      advanced: true,
    },
    {
      kind: 'choice',
      key: 'authentication.password',
      label: 'Password',
      choices: [
        { value: 'ask', label: 'Ask, unless it is remembered' },
        { value: 'never', label: 'Never' },
      ],
      default: 'ask',
      advanced: true,
    },
    {
      kind: 'check',
      key: 'authentication.agent',
      label: 'Offer the keys of the SSH agent',
      default: true,
      advanced: true,
    },
  ],
}
