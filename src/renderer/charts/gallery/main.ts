import { createApp } from 'vue'
import '../../ui/fonts.css'
import '../../ui/tokens.css'
import '../../ui/base.css'
import Gallery from './Gallery.vue'

/** Every state of every chart on one page, for the eye and for charts.browser.test.ts; no part of the console. */
createApp(Gallery).mount('#app')
