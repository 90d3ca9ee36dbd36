import { resolve } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'
import { buildId } from './scripts/build-id'
import { precompress } from './scripts/precompress'

const alias = {
  '@shared': resolve(import.meta.dirname, 'src/shared'),
  '@engine': resolve(import.meta.dirname, 'src/engine'),
}
const mark = buildId(import.meta.dirname)

/**
 * `main` holds every Node program (each an entry of its own), `renderer` the window.
 * The preload joins with the Electron shell.
 */
export default defineConfig({
  main: {
    resolve: { alias },
    plugins: [mark.begin],
    build: {
      outDir: 'out/node',
      target: 'node20.19',
      sourcemap: true,
      rolldownOptions: {
        input: {
          web: resolve(import.meta.dirname, 'src/web/index.ts'),
          cli: resolve(import.meta.dirname, 'src/cli/index.ts'),
          simulate: resolve(import.meta.dirname, 'src/simulator/index.ts'),
          'web-engine': resolve(import.meta.dirname, 'src/web/engine-process.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  renderer: {
    root: resolve(import.meta.dirname, 'src/renderer'),
    resolve: { alias },
    plugins: [vue(), precompress(), mark.end],
    build: {
      outDir: 'out/renderer',
      minify: true,
      target: 'chrome120',
      // Inlined assets would need data: in font-src; the policy allows only 'self'.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: resolve(import.meta.dirname, 'src/renderer/index.html') },
    },
  },
})
