// Where to go back to after signing in. Only an address inside this portal is ever followed.
export function returnTarget(location: { pathname: string; search: string }): string {
  return `${location.pathname}${location.search}`;
}

export function safeReturnTarget(wanted: string | null): string {
  if (wanted === null || !wanted.startsWith("/")) return "/";
  const base = "https://portal.invalid";
  try {
    // A browser reads "//host" and "/\host" as another site, so the answer is what the URL parser makes of it.
    const url = new URL(wanted, base);
    if (url.origin !== base || url.pathname.startsWith("/sign_in")) return "/";
    return `${url.pathname}${url.search}`;
  } catch {
    return "/";
  }
}
