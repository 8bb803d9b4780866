/*
 * builtin_roles.c - the roles a customer can have: six roots and their tree.
 *
 * Why here:   roles are data; only the six roots are constants of the ABI.
 * Method:     a macro a row; what is said about a role is JSON put together
 *             by the compiler: layer, flow (does it pay or does it help),
 *             circle (1 core, 2 base, 3 outer: where a party stands before it
 *             has any events), side (does it ask or does it supply), what it
 *             gives and gets, how to speak to it, and what it grows into.
 * Invariants: numbers from 201, never changed; the root of a role is the
 *             first part of its code, its parent all parts but the last.
 * Threads:    constant data.
 */
#include "builtin.h"

#include <assert.h>

#define GROWS(to, when) "{\"to\":\"" to "\",\"when\":\"" when "\"}"
#define ALSO(zh) ",\"also\":[\"" zh "\"]"
#define ROLE(number, code, en, zh, layer, flow, circle, side, gives, gets,    \
             speak, grows, more)                                              \
    {number, CC_W_ROLE, 0, code, en, zh,                                      \
     "{\"layer\":\"" layer "\",\"flow\":\"" flow "\",\"circle\":" #circle     \
     ",\"side\":\"" side "\",\"gives\":\"" gives "\",\"gets\":\"" gets        \
     "\",\"speak\":\"" speak "\",\"grows\":[" grows "]" more "}"}

static const cc_builtin roles[] = {
    /* The six roots: what the party mainly gives. */
    ROLE(201, "consumer", "Consumer", "消费者", "customer", "explicit", 2,
         "demand", "money", "product", "function, feeling, offer",
         GROWS("member", "joins") "," GROWS("fan", "affinity"), ""),
    ROLE(202, "member", "Member", "会员", "customer", "explicit", 2,
         "demand", "repeat purchase, data", "privileges",
         "benefits, points report",
         GROWS("fan", "affinity")
         ",{\"stage\":\"lapsed\",\"when\":\"expiry + grace\"}", ""),
    ROLE(203, "fan", "Fan", "粉丝", "customer", "implicit", 1, "demand",
         "voice", "belonging", "exclusives, honour",
         GROWS("channel.creator", "creates content")
         "," GROWS("internal.co-creator", "co-creates"), ALSO("拥趸")),
    ROLE(204, "channel", "Channel partner", "渠道伙伴", "partner",
         "explicit", 1, "supply", "reach", "margin, training",
         "enable, protect margin", GROWS("investor", "invests"), ""),
    ROLE(205, "investor", "Investor", "投资者", "partner", "explicit", 2,
         "supply", "capital", "return", "briefings, transparency", "", ""),
    ROLE(206, "internal", "Internal customer", "内部客户", "core",
         "implicit", 1, "supply", "work", "service", "service levels",
         GROWS("internal.alumni", "leaves"), ""),

    ROLE(207, "consumer.user", "User", "用户", "customer", "explicit", 2,
         "demand", "usage, data", "solved problem", "tips, fixes, releases",
         GROWS("member.subscriber", "pays recurring"), ""),
    ROLE(208, "consumer.owner", "Owner", "业主", "customer", "explicit", 2,
         "demand", "purchase", "lifetime service", "whole-life care",
         GROWS("fan.advocate", "recommends, resells"), ""),
    ROLE(209, "consumer.micro-owner", "Micro-business owner", "个体经营者",
         "customer", "explicit", 2, "demand", "tight budget",
         "business tool", "value for money",
         GROWS("channel.reseller", "resells"), ALSO("小微业主")),
    ROLE(210, "consumer.micro-owner.self-employed", "Self-employed person",
         "自由职业者", "customer", "explicit", 2, "demand",
         "tight budget, personal account", "business tool",
         "flexible plans", GROWS("channel.creator", "creates content"), ""),
    ROLE(211, "consumer.client", "Client", "委托人", "customer", "explicit",
         1, "demand", "trust, fee", "expertise", "confidential",
         GROWS("fan.advocate", "recommends"), ALSO("来访者")),
    ROLE(212, "consumer.citizen", "Citizen", "市民", "customer", "implicit",
         3, "demand", "taxes, voice", "fair service", "open, equal",
         GROWS("internal.volunteer", "takes part"), ALSO("服务对象")),
    ROLE(213, "consumer.citizen.beneficiary", "Beneficiary", "受益人",
         "customer", "implicit", 3, "demand", "need", "benefit",
         "accountable", GROWS("internal.volunteer", "takes part"), ""),

    ROLE(214, "member.subscriber", "Subscriber", "订阅者", "customer",
         "explicit", 2, "demand", "recurring fee", "continuous service",
         "onboarding, renewal", GROWS("member.paid", "joins"), ""),
    ROLE(215, "member.paid", "Paid member", "付费会员", "customer",
         "explicit", 2, "demand", "fee", "perks", "personal benefits", "",
         ""),
    ROLE(216, "member.free", "Free member", "免费会员", "customer",
         "implicit", 2, "demand", "data", "perks", "personal benefits",
         GROWS("member.paid", "pays"), ""),

    ROLE(217, "fan.advocate", "Brand advocate", "品牌传播者", "customer",
         "implicit", 1, "demand", "referrals", "recognition",
         "stories, rewards", GROWS("fan.ambassador", "invited"), ""),
    ROLE(218, "fan.ambassador", "Fan ambassador", "粉丝代言人", "customer",
         "explicit", 1, "demand", "promotion", "status",
         "preview, no script", GROWS("fan.influencer", "finds an audience"),
         ""),
    ROLE(219, "fan.influencer", "Influencer", "网红", "partner", "implicit",
         3, "supply", "audience", "fees, access", "briefs, disclosure",
         GROWS("channel.creator", "contract"), ALSO("意见领袖")),
    ROLE(220, "fan.community", "Community", "社群", "customer", "implicit",
         2, "demand", "peer help", "place", "host, moderate",
         GROWS("fan.advocate", "recommends"), ""),
    ROLE(221, "fan.public", "General public", "社会公众", "environment",
         "implicit", 3, "demand", "scrutiny", "transparency", "open days",
         GROWS("consumer", "buys") "," GROWS("internal.volunteer",
                                             "takes part"),
         ALSO("居民")),
    ROLE(222, "fan.media", "Media", "媒体", "environment", "implicit", 3,
         "demand", "attention", "story", "trials, founder access", "", ""),

    ROLE(223, "channel.distributor", "Distributor", "分销商", "partner",
         "explicit", 1, "supply", "reach", "margin", "training, territory",
         "", ""),
    ROLE(224, "channel.reseller", "Reseller", "经销商", "partner",
         "explicit", 1, "supply", "reach", "margin", "training, territory",
         GROWS("channel.distributor", "volume"), ""),
    ROLE(225, "channel.platform", "Platform", "平台", "partner", "implicit",
         2, "supply", "traffic", "content", "learn its rules", "", ""),
    ROLE(226, "channel.supplier", "Supplier", "供应商", "partner",
         "implicit", 1, "supply", "parts", "orders", "joint roadmap",
         GROWS("channel.developer", "develops"), ""),
    ROLE(227, "channel.supplier.logistics", "Logistics provider", "物流",
         "partner", "implicit", 1, "supply", "delivery", "orders",
         "joint roadmap", GROWS("channel.developer", "develops"), ""),
    ROLE(228, "channel.developer", "Developer", "生态开发者", "partner",
         "implicit", 1, "supply", "apps", "revenue share",
         "conference, SDK", GROWS("investor", "invests"), ""),
    ROLE(229, "channel.host", "Host", "房东", "partner", "explicit", 2,
         "supply", "asset", "income", "tools, traffic, payout",
         GROWS("consumer", "other side"), ""),
    ROLE(230, "channel.driver", "Driver", "车主", "partner", "explicit", 2,
         "supply", "asset", "income", "tools, traffic, payout",
         GROWS("consumer", "other side"), ""),
    ROLE(231, "channel.creator", "Creator", "创作者", "partner",
         "explicit", 1, "supply", "content", "income", "tools, audience",
         "", ""),
    ROLE(232, "channel.research", "University or research institute",
         "大学/科研机构", "partner", "implicit", 2, "supply", "knowledge",
         "funding", "joint lab, scholarship",
         GROWS("internal.employee", "hire"), ""),

    ROLE(233, "investor.principal", "Principal (wealth management)",
         "委托人(理财)", "customer", "explicit", 1, "demand", "assets",
         "risk-controlled growth", "suitability",
         GROWS("consumer.client", "takes advice"), ""),
    ROLE(234, "investor.government", "Government", "政府", "environment",
         "implicit", 2, "supply", "policy, licence",
         "tax, jobs, compliance", "early compliance", "", ""),
    ROLE(235, "investor.government.regulator", "Regulator", "监管机构",
         "environment", "implicit", 2, "supply", "policy, licence",
         "tax, jobs, compliance", "early compliance", "", ""),
    ROLE(236, "investor.association", "Industry association", "行业协会",
         "environment", "implicit", 3, "supply", "standards",
         "participation", "contribute", "", ""),

    ROLE(237, "internal.employee", "Employee", "员工", "core", "implicit",
         1, "supply", "labour", "pay, growth", "mission resonance",
         GROWS("internal.alumni", "leaves"), ""),
    ROLE(238, "internal.department", "Department", "部门", "core",
         "implicit", 1, "supply", "labour", "pay, growth",
         "mission resonance", "", ""),
    ROLE(239, "internal.alumni", "Former employee", "离职员工", "partner",
         "implicit", 3, "supply", "referrals, know-how", "network",
         "alumni circle",
         GROWS("channel", "becomes a partner")
         "," GROWS("fan.ambassador", "invited"), ""),
    ROLE(240, "internal.volunteer", "Volunteer", "志愿者", "customer",
         "implicit", 2, "supply", "unpaid work", "meaning", "thanks",
         GROWS("internal.employee", "hire"), ""),
    ROLE(241, "internal.co-creator", "Co-creator", "外部共创型员工",
         "customer", "implicit", 1, "supply", "ideas, tests",
         "benefit share", "deep access", "",
         ",\"from\":[\"member\",\"fan\"]"),
    ROLE(242, "internal.co-creator.advisor", "Advisor", "顾问", "customer",
         "implicit", 1, "supply", "ideas, tests", "benefit share",
         "deep access", "", ",\"from\":[\"member\",\"fan\"]"),
    ROLE(243, "internal.co-creator.chief-experience",
         "Chief experience officer", "首席体验官", "customer", "implicit",
         1, "supply", "ideas, tests", "benefit share", "deep access", "",
         ",\"from\":[\"member\",\"fan\"]"),
};

/* The constants of words.h are these rows. */
static_assert(CC_ROLE_CONSUMER == 201 && CC_ROLE_INTERNAL == 206,
              "the six roots are pinned");

const cc_builtin *
cc_builtin_roles(int32_t *count)
{
    assert(count != NULL);

    *count = (int32_t)(sizeof(roles) / sizeof(roles[0]));
    return roles;
}
