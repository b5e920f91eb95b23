/** The audit entry of a lock after failed sign-ins. */
export const aLock = (timestamp: number, username: string) =>
  ({
    id: 91,
    timestamp,
    username,
    operation: 'login_lockout',
    target: '192.0.2.1',
    params: '{}',
    result: 'locked',
    duration_ms: 0,
    success: false,
    outcome: 'failed',
    code: 'account_locked',
    address: '192.0.2.1',
    request_id: 'R',
    run_id: '',
    cluster_id: '',
    count: 1,
  }) as const
