import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { copyThroughShell, createDesktopLink, desktopBridge, desktopKey } from './link/desktop-link'
import { linkKey } from './link/link'
import { createWebLink } from './link/web-link'
import './ui/fonts.css'
import './ui/tokens.css'
import './ui/base.css'

const app = createApp(App)
const bridge = desktopBridge(window)
if (bridge) {
  const { link, shell } = createDesktopLink(bridge)
  copyThroughShell(shell, navigator.clipboard)
  app.provide(linkKey, link).provide(desktopKey, shell)
} else {
  // Before anything else runs: the launch token leaves the address.
  app.provide(linkKey, createWebLink(window))
}
app.use(createPinia()).mount('#app')
