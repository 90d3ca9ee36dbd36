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
 * `main` holds every Node program (each an entry of its own), `preload` the desktop's link, `renderer` the window.
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
          desktop: resolve(import.meta.dirname, 'src/main/index.ts'),
          'desktop-engine': resolve(import.meta.dirname, 'src/main/engine/engine-process.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    resolve: { alias },
    build: {
      outDir: 'out/preload',
      sourcemap: false,
      // In the sandbox a preload is one CommonJS file and can require nothing but Electron's own.
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: resolve(import.meta.dirname, 'src/preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
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
