import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript'
import importX from 'eslint-plugin-import-x'
import vue from 'eslint-plugin-vue'
import prettier from 'eslint-config-prettier'
import tseslint from 'typescript-eslint'

/** Zones of the architecture: what each may import of the others. docs/architecture.md says why. */
const src = (folder) => `./src/${folder}`
const zone = (target, forbidden, message) => ({ target: src(target), from: forbidden.map(src), message })
const shells = ['main', 'web', 'agent', 'cli']
const everything = ['engine', 'server', 'simulator', 'renderer', 'preload', ...shells]
const others = (...own) => everything.filter((folder) => !own.includes(folder))

const zones = [
  zone('shared', everything, 'shared imports only itself'),
  zone('engine', others('engine'), 'the engine imports engine and shared'),
  zone('server', others('server'), 'server is HTTP plumbing: it imports server and shared'),
  zone('renderer', others('renderer'), 'the renderer knows the engine by the contract only'),
  zone('preload', others('preload'), 'the preload imports shared at most'),
  zone('simulator', others('simulator', 'engine'), 'the simulator imports shared and engine/formats'),
  {
    target: src('simulator'),
    from: src('engine'),
    except: ['./formats'],
    message: 'the simulator may use engine/formats only',
  },
  ...shells.flatMap((shell) => [
    zone(shell, others(shell, 'engine', 'server'), 'shells never import one another'),
    {
      target: src(shell),
      from: src('engine'),
      except: ['./engine.ts'],
      message: 'engine/engine is the only door',
    },
  ]),
  {
    target: src('main'),
    from: src('server'),
    except: ['./static-files.ts', './page.ts', './headers.ts', './demo-host.ts'],
    message:
      'main serves no HTTP: only the list of files, the page, its policy and the demo host are the same',
  },
  zone('cli', ['server'], 'only web and agent serve HTTP'),
  ...['series', 'streams', 'messages', 'alarms'].map((pure) =>
    zone(
      `engine/${pure}`,
      ['engine/transports', 'engine/sources', 'engine/hosts', 'engine/snapshots'],
      'pure: no I/O',
    ),
  ),
  zone(
    'engine/transports',
    [
      'engine/sources',
      'engine/hosts',
      'engine/series',
      'engine/streams',
      'engine/messages',
      'engine/alarms',
      'engine/snapshots',
    ],
    'a transport knows no source and no store',
  ),
  zone(
    'engine/sources',
    [
      'engine/hosts',
      'engine/series',
      'engine/streams',
      'engine/messages',
      'engine/alarms',
      'engine/snapshots',
      'engine/transports/local',
      'engine/transports/ssh',
      'engine/transports/http',
    ],
    'a source knows the transport interface and the model',
  ),
  zone(
    'engine/formats',
    ['engine/sources', 'engine/transports', 'engine/hosts', 'engine/series', 'engine/streams'],
    'formats are pure parsers',
  ),
  zone(
    'renderer/link',
    ['renderer/stores', 'renderer/panels', 'renderer/views', 'renderer/charts', 'renderer/ui'],
    'link <- stores <- panels and views <- ...',
  ),
  zone(
    'renderer/stores',
    ['renderer/panels', 'renderer/views', 'renderer/charts', 'renderer/ui'],
    'stores know no components',
  ),
  zone(
    'renderer/ui',
    ['renderer/link', 'renderer/stores', 'renderer/panels', 'renderer/views', 'renderer/charts'],
    'ui components are given what they show',
  ),
  zone(
    'renderer/charts',
    ['renderer/link', 'renderer/stores', 'renderer/panels', 'renderer/views'],
    'charts are given what they draw',
  ),
  zone('renderer/panels', ['renderer/views'], 'a view places panels, never the reverse'),
]

const only = (name, message) => ({ name, message })
const nodeBuiltins = { regex: '^node:', message: 'no Node module here' }

const restricted = (paths, patterns = []) => ({
  'no-restricted-imports': ['error', { paths, patterns }],
})
const electron = only('electron', 'electron belongs in src/main and src/preload')
const ssh2 = only('ssh2', 'ssh2 belongs in engine/transports/ssh and the simulator')
const echarts = { regex: '^(echarts|zrender)(/|$)', message: 'echarts belongs in renderer/charts' }
const vueLibraries = { regex: '^(vue|pinia|@vue/.*)$', message: 'Vue belongs in the renderer' }

export default tseslint.config(
  {
    ignores: [
      'out/**',
      'node_modules/**',
      'coverage/**',
      '.cache/**',
      'test-results/**',
      'playwright-report/**',
    ],
  },
  {
    files: ['**/*.{ts,vue}'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        project: [
          './tsconfig.shared.json',
          './tsconfig.node.json',
          './tsconfig.renderer.json',
          './tsconfig.tests.json',
        ],
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.vue'],
        // For components, also where an import is followed into one.
        parser: tseslint.parser,
      },
    },
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [
        createTypeScriptImportResolver({ project: ['./tsconfig.base.json'], noWarnOnMultipleProjects: true }),
      ],
      'import-x/extensions': ['.ts', '.vue'],
      // Imports are followed through components too.
      'import-x/parsers': { 'vue-eslint-parser': ['.vue'], '@typescript-eslint/parser': ['.ts'] },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/no-unsafe-type-assertion': 'error',
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],
      'import-x/no-restricted-paths': ['error', { zones }],
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'max-lines': ['error', { max: 400 }],
      'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
      complexity: ['error', { max: 20 }],
      eqeqeq: 'error',
      'no-console': 'error',
      'no-eval': 'error',
      'no-new-func': 'error',
      'no-restricted-syntax': [
        'error',
        {
          selector: "Property[key.name='rejectUnauthorized'][value.value=false]",
          message: 'verify against the pin instead',
        },
        {
          selector: "Property[key.name='nodeIntegration'][value.value=true]",
          message: 'never in this project',
        },
        {
          selector: "Property[key.name='contextIsolation'][value.value=false]",
          message: 'never in this project',
        },
        { selector: "Property[key.name='sandbox'][value.value=false]", message: 'never in this project' },
        {
          selector: 'AssignmentExpression[left.property.name=/^(innerHTML|outerHTML)$/]',
          message: 'host data is untrusted: no HTML from strings',
        },
        {
          selector: "CallExpression[callee.property.name='insertAdjacentHTML']",
          message: 'host data is untrusted: no HTML from strings',
        },
      ],
    },
  },
  ...vue.configs['flat/recommended'],
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: {
      'vue/no-v-html': 'error',
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/define-props-declaration': ['error', 'type-based'],
      'vue/multi-word-component-names': 'off',
      'vue/require-default-prop': 'off',
    },
  },
  {
    files: ['src/shared/**/*.ts'],
    rules: restricted([electron, ssh2], [nodeBuiltins, echarts, vueLibraries]),
  },
  { files: ['src/engine/**/*.ts'], rules: restricted([electron, ssh2], [echarts, vueLibraries]) },
  {
    files: ['src/engine/transports/ssh/**/*.ts', 'src/simulator/**/*.ts'],
    rules: restricted([electron], [echarts, vueLibraries]),
  },
  {
    files: ['src/engine/{series,streams,messages,alarms,formats}/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: restricted([electron, ssh2], [nodeBuiltins, echarts, vueLibraries]),
  },
  {
    files: ['src/{server,web,agent,cli}/**/*.ts'],
    rules: restricted([electron, ssh2], [echarts, vueLibraries]),
  },
  { files: ['src/main/**/*.ts', 'src/preload/**/*.ts'], rules: restricted([ssh2], [echarts, vueLibraries]) },
  { files: ['src/renderer/**/*.{ts,vue}'], rules: restricted([electron, ssh2], [nodeBuiltins, echarts]) },
  { files: ['src/renderer/charts/**/*.{ts,vue}'], rules: restricted([electron, ssh2], [nodeBuiltins]) },
  {
    files: ['src/renderer/**/*.{ts,vue}'],
    ignores: ['src/renderer/link/**'],
    rules: {
      'no-restricted-globals': [
        'error',
        { name: 'WebSocket', message: 'only renderer/link opens connections' },
        { name: 'fetch', message: 'only renderer/link opens connections' },
      ],
    },
  },
  {
    // Programs that talk to a terminal print; the tests and the bench too.
    files: [
      'src/web/**/*.ts',
      'src/cli/**/*.ts',
      'src/agent/**/*.ts',
      'bench/**/*.ts',
      'e2e/**/*.ts',
      'tests/**/*.ts',
    ],
    rules: { 'no-console': 'off' },
  },
  {
    // A describe block is a list of cases, not a function that grew too long.
    files: ['**/*.test.ts', 'e2e/**/*.ts', 'tests/**/*.ts', 'bench/**/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      // A test joins zones on purpose.
      'import-x/no-restricted-paths': 'off',
      'no-restricted-imports': 'off',
      'no-restricted-globals': 'off',
    },
  },
  prettier,
)
