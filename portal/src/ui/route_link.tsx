// A link to another page of the portal: a real address, followed without loading the document anew.
import Link, { type LinkProps } from "@cloudscape-design/components/link";
import type { ReactNode } from "react";
import { useNavigate } from "react-router";

interface RouteLinkProps {
  to: string;
  variant?: LinkProps.Variant;
  children: ReactNode;
}

export function RouteLink({ to, variant, children }: RouteLinkProps) {
  const navigate = useNavigate();
  return (
    <Link
      href={to}
      variant={variant}
      onFollow={(event) => {
        // Keys that ask for a new tab are the browser's business.
        if (event.detail.external) return;
        event.preventDefault();
        navigate(to);
      }}
    >
      {children}
    </Link>
  );
}
