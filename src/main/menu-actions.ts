import { app, Menu } from 'electron'
import { menuTemplate, type MenuActions } from './menu'

export function setMenu(actions: MenuActions): void {
  const wishes = { platform: process.platform, name: 'XCP diagnostics', developer: !app.isPackaged, actions }
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(wishes)))
}
