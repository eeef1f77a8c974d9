// Which chapter of the guide is about a page: that of the first pattern which its address fits.
const CHAPTERS: readonly [RegExp, string][] = [
  [/^\/sign_up/, "1-1"],
  [/^\/(sign_in|forgot_password|link\/|me\/security)/, "1-2"],
  [/^\/me\/profile/, "1-3"],
  [/^\/(\?|$)/, "2-1"],
  [/^\/accounts\/new/, "2-2"],
  [/^\/account_requests\//, "2-3"],
  [/^\/accounts\/[^/]+\/account_requests\//, "2-4"],
  [/^\/accounts\/[^/]+\/licenses/, "3-2"],
  [/\/manage\?.*tab=agreements/, "3-3"],
  [/\/manage\?.*tab=custom_tags/, "3-4"],
  [/\/manage\?.*tab=user_groups/, "3-5"],
  [/\/manage\?.*tab=programs/, "3-6"],
  [/\/manage\?.*inner=access/, "4-2"],
  [/\/manage\?.*tab=account_requests/, "2-4"],
  [/\/manage/, "3-1"],
  [/^\/me\/programs/, "3-6"],
  [/^\/access_request/, "4-1"],
  [/^\/accounts\/[^/]+\/access_requests\//, "4-2"],
  [/^\/enquiries/, "5-1"],
  [/^\/succession/, "5-2"],
];

// The contents of the guide for pages that none of its chapters is about.
export function guidePathOf({ pathname, search }: { pathname: string; search: string }): string {
  const chapter = CHAPTERS.find(([pattern]) => pattern.test(pathname + search))?.[1];
  return chapter === undefined ? "/help" : `/help/${chapter}`;
}
