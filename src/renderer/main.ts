import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { linkKey } from './link/link'
import { createWebLink } from './link/web-link'
import './ui/fonts.css'
import './ui/tokens.css'
import './ui/base.css'

// First: the launch token leaves the address before anything else runs.
const link = createWebLink(window)
createApp(App).provide(linkKey, link).use(createPinia()).mount('#app')
