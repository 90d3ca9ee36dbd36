import { register } from 'node:module'

/** `node --import register.mjs program.js`: the program's `electron` is the double. */
register('./hooks.mjs', import.meta.url)
