/** Column types that the engines write differently. */
export interface ColumnTypes {
  readonly instant: 'integer' | 'bigint'
  readonly flag: 'integer' | 'smallint'
  readonly bytes: 'blob' | 'bytea'
  readonly identity: 'autoincrement' | 'generated'
}
