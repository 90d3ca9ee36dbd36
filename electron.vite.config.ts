import { resolve } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'

const alias = {
  '@shared': resolve(import.meta.dirname, 'src/shared'),
  '@engine': resolve(import.meta.dirname, 'src/engine'),
}

/**
 * `main` holds every Node program (each an entry of its own), `renderer` the window.
 * The preload joins with the Electron shell.
 */
export default defineConfig({
  main: {
    resolve: { alias },
    build: {
      outDir: 'out/node',
      target: 'node20.19',
      sourcemap: true,
      rolldownOptions: {
        input: {
          web: resolve(import.meta.dirname, 'src/web/index.ts'),
          'web-engine': resolve(import.meta.dirname, 'src/web/engine-process.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  renderer: {
    root: resolve(import.meta.dirname, 'src/renderer'),
    resolve: { alias },
    plugins: [vue()],
    build: {
      outDir: 'out/renderer',
      target: 'chrome120',
      // Inlined assets would need data: in font-src; the policy allows only 'self'.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: resolve(import.meta.dirname, 'src/renderer/index.html') },
    },
  },
})
