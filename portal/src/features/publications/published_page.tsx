// A page that everybody may read, as it is in force or as it was.
import Alert from "@cloudscape-design/components/alert";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { getPage, getPageEdition, listPageEditions } from "../../api/calls";
import { asProblem } from "../../api/problem";
import type { PublicationKind } from "../../api/types";
import { PageFrame } from "../../app/page";
import { ProblemPage } from "../../app/problem_page";
import { formatDate } from "../../ui/format";
import { ProblemAlert } from "../../ui/problem_alert";
import { RouteLink } from "../../ui/route_link";
import { PageLoading } from "../../ui/states";
import { useLanguage } from "../../ui/use_language";
import { PublishedText } from "./published_text";
import { bodyIn, titleIn } from "./titles";

const MOST_EDITIONS = 200;

export function PublishedPage({ kind }: { kind: PublicationKind }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [parameters] = useSearchParams();
  const edition = Number(parameters.get("edition")) || undefined;
  const page = useQuery({
    queryKey: ["page", kind, edition],
    queryFn: () => (edition === undefined ? getPage(kind) : getPageEdition(kind, edition)),
  });
  if (page.isPending) return <PageLoading />;
  if (page.isError) return <ProblemPage error={page.error} onRetry={() => page.refetch()} />;
  const title = titleIn(language, page.data);
  return (
    <PageFrame title={title} reading>
      <SpaceBetween size="m">
        <Header
          variant="h1"
          description={t("publications.edition_of", {
            edition: page.data.edition,
            date: formatDate(language, page.data.published_at),
          })}
        >
          {title}
        </Header>
        {page.data.edition !== page.data.current_edition && (
          <Alert type="info" statusIconAriaLabel={t("common.info")}>
            {t("publications.is_old")} <RouteLink to={`/${kind}`}>{t("publications.to_current")}</RouteLink>
          </Alert>
        )}
        <PublishedText source={bodyIn(language, page.data)} />
        <ExpandableSection headerText={t("publications.editions")} headingTagOverride="h2">
          <Editions kind={kind} shown={page.data.edition} />
        </ExpandableSection>
      </SpaceBetween>
    </PageFrame>
  );
}

function Editions({ kind, shown }: { kind: PublicationKind; shown: number }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const editions = useQuery({
    queryKey: ["page", kind, "editions"],
    queryFn: () => listPageEditions(kind, { limit: MOST_EDITIONS }),
  });
  if (editions.isError) {
    return <ProblemAlert problem={asProblem(editions.error)} onRetry={() => editions.refetch()} />;
  }
  return (
    <ul>
      {editions.data?.items.map(({ edition, published_at = "" }) => {
        const text = t("publications.edition_of", { edition, date: formatDate(language, published_at) });
        return (
          <li key={edition}>
            {edition === shown ? text : <RouteLink to={`/${kind}?edition=${edition}`}>{text}</RouteLink>}
          </li>
        );
      })}
    </ul>
  );
}
