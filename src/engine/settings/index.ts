export { settingsFolder, type Surroundings } from './folder'
export { openSettings, type SettingsChange, type SettingsStore } from './store'
