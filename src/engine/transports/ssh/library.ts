// The library is CommonJS, and Node finds only some of its names: take them from the default export.
import ssh2 from 'ssh2'
import type { Client as ClientType } from 'ssh2'

export const { Client, BaseAgent, OpenSSHAgent, utils } = ssh2
export type { AnyAuthMethod, ClientChannel, ParsedKey, SFTPWrapper } from 'ssh2'
export type Client = ClientType
