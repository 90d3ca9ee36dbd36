import { readFileSync } from 'node:fs'

/** Every name that this version of Electron can ask for, from its types; and one that it does not know. */
const types = readFileSync(new URL('../../../node_modules/electron/electron.d.ts', import.meta.url), 'utf8')
const [, names = ''] =
  /setPermissionCheckHandler\(handler: \(\(webContents: [^,]*, permission: ([^,]*),/.exec(types) ?? []
const asked =
  /setPermissionRequestHandler\(handler: \(\(webContents: [^,]*, permission: ([^,]*),/.exec(types)?.[1] ?? ''

export const permissionNames: readonly string[] = [
  ...new Set([...`${names} ${asked}`.matchAll(/'([\w-]+)'/g)].map((match) => match[1] ?? '')),
  'something-new',
]
