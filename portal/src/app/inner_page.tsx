// A page somewhere below the home: the way to it, its heading, and what it shows, one below the other.
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";
import { type Crumb, Crumbs } from "./crumbs";
import { PageFrame } from "./page";

interface InnerPageProps {
  title: string;
  // Where the page has the name of what it is about, which the title in the tab and the way do not tell.
  heading?: string;
  description?: string;
  actions?: ReactNode;
  // What is passed between home and here.
  way?: Crumb[];
  children: ReactNode;
}

export function InnerPage({ title, heading = title, description, actions, way = [], children }: InnerPageProps) {
  return (
    <PageFrame title={title} crumbs={<Crumbs crumbs={[...way, { text: title, href: "" }]} />}>
      <SpaceBetween size="l">
        <Header variant="h1" description={description} actions={actions}>
          {heading}
        </Header>
        {children}
      </SpaceBetween>
    </PageFrame>
  );
}
