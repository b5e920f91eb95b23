// before the first paint
let prefs
try {
  prefs = JSON.parse(localStorage.getItem('etcdmonitor.prefs'))
} catch {}
const { theme, density } = prefs || {}
const light = theme === 'light' || (theme !== 'dark' && matchMedia('(prefers-color-scheme: light)').matches)
Object.assign(document.documentElement.dataset, {
  theme: light ? 'light' : 'dark',
  density: density === 'compact' ? density : 'comfortable',
})
