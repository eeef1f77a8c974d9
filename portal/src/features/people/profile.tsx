// What a person tells of itself and of where it works.
import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";
import { getProfile } from "../../api/calls";
import { asProblem } from "../../api/problem";
import type { OwnProfile } from "../../api/types";
import { InnerPage } from "../../app/inner_page";
import { formatExact } from "../../ui/format";
import { ProblemAlert } from "../../ui/problem_alert";
import { PageLoading } from "../../ui/states";
import { useLanguage } from "../../ui/use_language";
import { AddressBook } from "./address_book";
import { CompanyPart } from "./profile_company";
import { PersonalPart } from "./profile_personal";
import { PROFILE } from "./use_saved";

export function Profile() {
  const { t } = useTranslation();
  const language = useLanguage();
  const profile = useQuery({ queryKey: PROFILE, queryFn: getProfile });
  const title = t("profile.title");
  const at = profile.data?.last_sign_in_at;
  return (
    <InnerPage title={title} description={t("profile.description")}>
      {at !== undefined && (
        <Box color="text-body-secondary">{t("profile.last_sign_in", { at: formatExact(language, at) })}</Box>
      )}
      {profile.isPending && <PageLoading />}
      {profile.isError && <ProblemAlert problem={asProblem(profile.error)} onRetry={() => profile.refetch()} />}
      {profile.isSuccess && <ProfileTabs profile={profile.data} />}
    </InnerPage>
  );
}

function ProfileTabs({ profile }: { profile: OwnProfile }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [parameters] = useSearchParams();
  const field = parameters.get("field");
  const company = (
    <SpaceBetween size="l">
      {/* Another field in the address opens the form anew. */}
      <CompanyPart key={field} profile={profile} field={field} />
      <AddressBook profile={profile} />
    </SpaceBetween>
  );
  return (
    <Tabs
      ariaLabel={t("profile.title")}
      activeTabId={parameters.get("tab") === "company" ? "company" : "personal"}
      onChange={({ detail }) => navigate(`/me/profile?tab=${detail.activeTabId}`, { replace: true })}
      tabs={[
        { id: "personal", label: t("profile.personal"), content: <PersonalPart profile={profile} /> },
        { id: "company", label: t("profile.company"), content: company },
      ]}
    />
  );
}
