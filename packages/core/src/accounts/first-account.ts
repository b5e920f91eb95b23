/** Name of the account that the first start makes. */
export const FIRST_ACCOUNT = 'admin'
