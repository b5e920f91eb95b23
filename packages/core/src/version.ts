/** Of this program, as `--version`, stored metadata and User-Agent name it. */
export const PRODUCT_VERSION = '0.1.0'
