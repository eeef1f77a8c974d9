// Whatever founds a Smart Account needs the person's profile and address book; what the profile lacks is told instead.
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { getProfile } from "../../api/calls";
import { asProblem } from "../../api/problem";
import type { OwnAddress } from "../../api/types";
import { ProblemAlert } from "../../ui/problem_alert";
import { PageLoading } from "../../ui/states";
import { useAddresses } from "../people/address_book";
import { MissingFields } from "../people/missing_fields";
import { PROFILE } from "../people/use_saved";

export interface Founder {
  company: string;
  addresses: OwnAddress[];
  address: string; // of the company, in the address book
}

export function FoundingGate({ children }: { children: (founder: Founder) => ReactNode }) {
  const profile = useQuery({ queryKey: PROFILE, queryFn: getProfile });
  const addresses = useAddresses();
  if (profile.isPending || addresses.isPending) return <PageLoading />;
  if (profile.isError) return <ProblemAlert problem={asProblem(profile.error)} onRetry={() => profile.refetch()} />;
  if (addresses.isError)
    return <ProblemAlert problem={asProblem(addresses.error)} onRetry={() => addresses.refetch()} />;
  const { company, missing } = profile.data;
  if (missing.length > 0) return <MissingFields fields={missing} />;
  return children({
    company: company.company_name ?? "",
    addresses: addresses.data.items,
    address: company.company_address_id ?? "",
  });
}
