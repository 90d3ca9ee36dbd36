import { app, nativeImage, Notification, Tray, type BrowserWindow } from 'electron'
import type { AttentionPlaces } from './attention'
import type { Bitmap } from './light-icon'

const imageOf = ({ pixels, width, height }: Bitmap): Electron.NativeImage =>
  nativeImage.createFromBitmap(pixels, { width, height })

/** Badge, task bar, tray and notifications of this system. */
export function desktopPlaces(window: () => BrowserWindow | null, show: () => void): AttentionPlaces {
  let tray: Tray | null = null
  return {
    badge: (count) => void app.setBadgeCount(count),
    overlay(icon, text) {
      if (process.platform === 'win32') window()?.setOverlayIcon(icon ? imageOf(icon) : null, text)
    },
    tray(icon, text) {
      const image = imageOf(icon)
      if (tray) tray.setImage(image)
      else tray = withClick(new Tray(image), show)
      tray.setToolTip(`XCP diagnostics. ${text}`)
    },
    notify(title, body) {
      if (!Notification.isSupported()) return
      const notification = new Notification({ title, body })
      notification.on('click', show)
      notification.show()
    },
    isWatched: () => window()?.isFocused() ?? false,
  }
}

function withClick(tray: Tray, show: () => void): Tray {
  tray.on('click', show)
  return tray
}
