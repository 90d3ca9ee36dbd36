import type { Command } from '@shared/desktop'
import type { MenuItemConstructorOptions } from 'electron'

export interface MenuActions {
  command(command: Command): void
  openSnapshot(): void
  restartEngine(): void
  zoom(step: -1 | 0 | 1): void
  openExternal(address: string): void
  quit(): void
}

export interface MenuWishes {
  readonly platform: NodeJS.Platform
  readonly name: string
  /** Tools for who works on the console itself; never in a package. */
  readonly developer: boolean
  readonly actions: MenuActions
}

/** The application's menu; every entry that a person uses often has a key. */
export function menuTemplate({
  platform,
  name,
  developer,
  actions,
}: MenuWishes): MenuItemConstructorOptions[] {
  const mac = platform === 'darwin'
  const quit: MenuItemConstructorOptions = {
    label: `Quit ${name}`,
    accelerator: 'CommandOrControl+Q',
    click: () => actions.quit(),
  }
  return [
    ...(mac ? [{ label: name, submenu: [{ role: 'about' as const }, { role: 'hide' as const }, quit] }] : []),
    { label: '&File', submenu: fileMenu(actions, mac ? [] : [{ type: 'separator' }, quit]) },
    { label: '&Edit', submenu: editMenu() },
    { label: '&View', submenu: viewMenu(actions, developer) },
    { label: '&Help', role: 'help', submenu: helpMenu(actions) },
  ]
}

const fileMenu = (actions: MenuActions, end: MenuItemConstructorOptions[]): MenuItemConstructorOptions[] => [
  {
    label: '&Connect to a host …',
    accelerator: 'CommandOrControl+N',
    click: () => actions.command('connect'),
  },
  { label: '&Open a snapshot …', accelerator: 'CommandOrControl+O', click: () => actions.openSnapshot() },
  { type: 'separator' },
  { label: 'Reconnect at once', accelerator: 'F5', click: () => actions.command('reconnect') },
  { label: 'Start the engine again', click: () => actions.restartEngine() },
  ...end,
]

const editMenu = (): MenuItemConstructorOptions[] => [
  { role: 'undo' },
  { role: 'redo' },
  { type: 'separator' },
  { role: 'cut' },
  { role: 'copy' },
  { role: 'paste' },
  { role: 'selectAll' },
]

const viewMenu = (actions: MenuActions, developer: boolean): MenuItemConstructorOptions[] => [
  { label: 'Larger', accelerator: 'CommandOrControl+Plus', click: () => actions.zoom(1) },
  { label: 'Smaller', accelerator: 'CommandOrControl+-', click: () => actions.zoom(-1) },
  { label: 'Usual size', accelerator: 'CommandOrControl+0', click: () => actions.zoom(0) },
  { type: 'separator' },
  { role: 'togglefullscreen' },
  ...(developer
    ? [{ type: 'separator' as const }, { role: 'reload' as const }, { role: 'toggleDevTools' as const }]
    : []),
]

const helpMenu = (actions: MenuActions): MenuItemConstructorOptions[] => [
  { label: 'Keys', accelerator: 'F1', click: () => actions.command('keys') },
  {
    label: 'Documentation of XCP-ng',
    click: () => actions.openExternal('https://docs.xcp-ng.org/'),
  },
  {
    label: 'Documentation of the toolstack',
    click: () => actions.openExternal('https://xapi-project.github.io/'),
  },
]
