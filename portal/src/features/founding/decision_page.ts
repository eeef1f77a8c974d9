// Where a request is decided: under the account whose administrators do, or with the operator.
export const decisionPage = (sa: string | undefined, request: string) =>
  sa === undefined ? `/operator/account_requests/${request}` : `/accounts/${sa}/account_requests/${request}`;
