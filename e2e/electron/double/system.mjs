import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { display } from './display.mjs'
import { strict } from './strict.mjs'

/** The system around the application: what it would show is recorded, what a person would answer comes from the test. */

const answers = { open: [], message: 0 }
display.on('dialog', ({ open, message }) => {
  if (open) answers.open = open
  if (message !== undefined) answers.message = message
})

export const dialog = strict('dialog', {
  async showOpenDialog(_window, options) {
    display.record('open-dialog', options)
    return { canceled: answers.open.length === 0, filePaths: answers.open }
  },
  async showMessageBox(_window, options) {
    display.record('message-box', options.message)
    return { response: answers.message, checkboxChecked: false }
  },
})

export const clipboard = strict('clipboard', {
  async writeText(text) {
    display.record('clipboard', text)
  },
})
export const shell = strict('shell', {
  async openExternal(url) {
    display.record('open-external', url)
  },
})

const workArea = { x: 0, y: 0, width: 1920, height: 1040 }
const screenDouble = strict('display', { workArea })
export const screen = strict('screen', {
  getPrimaryDisplay: () => screenDouble,
  getAllDisplays: () => [screenDouble],
})

let menu = []
export const Menu = strict('Menu', {
  buildFromTemplate: (template) => template,
  setApplicationMenu(template) {
    menu = template
    display.record(
      'menu',
      flat(template).map(({ label, role, accelerator }) => [label ?? role, accelerator]),
    )
  },
})
const flat = (items) => items.flatMap((item) => (item.submenu ? flat(item.submenu) : item.type ? [] : [item]))
display.on('menu', ({ label }) => {
  const item = flat(menu).find((one) => one.label === label)
  if (!item?.click) throw new Error(`The menu has no "${label}".`)
  item.click()
})

export const nativeImage = strict('nativeImage', {
  createFromBitmap(pixels, { width, height }) {
    if (pixels.length !== width * height * 4) throw new Error('invalid buffer size')
    return { width, height }
  },
})

export class Tray extends EventEmitter {
  constructor() {
    super()
    display.record('tray')
  }
  setImage() {}
  setToolTip(text) {
    display.record('tray-text', text)
  }
}

export class Notification extends EventEmitter {
  static isSupported() {
    return true
  }
  #options
  constructor(options) {
    super()
    this.#options = options
  }
  show() {
    display.record('notification', this.#options)
  }
}

const power = new EventEmitter()
export const powerMonitor = strict('powerMonitor', power)
display.on('power', ({ name }) => power.emit(name))

/** XCP_DOUBLE_KEYRING names a file that plays the keyring; without it there is only the key that everybody has. */
const keyring = process.env.XCP_DOUBLE_KEYRING
const publicKey = Buffer.from('fd621fe5a2b402539dfa147ca9277278', 'hex')

function keyOfSystem() {
  if (!keyring) return publicKey
  if (!existsSync(keyring)) writeFileSync(keyring, randomBytes(16))
  return readFileSync(keyring)
}

export const safeStorage = strict('safeStorage', {
  isAsyncEncryptionAvailable: async () => true,
  getSelectedStorageBackend: () => (keyring ? 'gnome_libsecret' : 'basic_text'),
  async encryptStringAsync(text) {
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-128-gcm', keyOfSystem(), nonce)
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
    return Buffer.concat([Buffer.from(keyring ? 'v11' : 'v10'), nonce, cipher.getAuthTag(), sealed])
  },
  async decryptStringAsync(sealed) {
    const decipher = createDecipheriv('aes-128-gcm', keyOfSystem(), sealed.subarray(3, 15))
    decipher.setAuthTag(sealed.subarray(15, 31))
    const result = decipher.update(sealed.subarray(31), undefined, 'utf8') + decipher.final('utf8')
    return { result, shouldReEncrypt: false }
  },
})
