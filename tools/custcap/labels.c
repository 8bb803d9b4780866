/*
 * labels.c - what a column or a segment is called on a page.
 *
 * Why here:   the names in tables are for scripts and never change; a person
 *             reads labels.
 * Threads:    constant data.
 */
#include "labels.h"

#include <stddef.h>
#include <string.h>

const char *const language_names[] = {"en", "zh", NULL};

static const struct {
    const char *name, *en, *zh;
} labels[] = {
    {"about-to-sleep", "about to sleep", "即将沉睡"},
    {"adj", "adjusted", "调整"},
    {"age", "age", "距首购期数"},
    {"amount", "amount", "金额"},
    {"at-risk", "at risk", "有流失风险"},
    {"balance", "balance", "余额"},
    {"cannot-lose", "cannot lose", "不可失去"},
    {"centre", "centre", "中心"},
    {"champions", "champions", "明星客户"},
    {"channel", "channel", "渠道"},
    {"churn", "churn", "流失"},
    {"clear miss", "clear miss", "明显未达成"},
    {"closing", "closing", "期末"},
    {"code", "code", "科目"},
    {"cohort", "cohort", "同期群"},
    {"contraction", "contraction", "收缩"},
    {"customers", "customers", "客户数"},
    {"customers_churn", "customers lost", "流失客户"},
    {"customers_closing", "customers at the end", "期末客户"},
    {"customers_contraction", "customers that shrank", "收缩客户"},
    {"customers_expansion", "customers that grew", "扩张客户"},
    {"customers_new", "new customers", "新客户"},
    {"customers_opening", "customers at the start", "期初客户"},
    {"customers_reactivation", "customers back", "回归客户"},
    {"day", "day", "日期"},
    {"document", "document", "单据"},
    {"expansion", "expansion", "扩张"},
    {"first_day", "first day", "首购日"},
    {"frequency", "frequency", "频次"},
    {"frequency_score", "frequency score", "频次分"},
    {"fx", "exchange", "汇兑"},
    {"grr", "gross revenue retention", "总收入留存率"},
    {"hibernating", "hibernating", "沉睡客户"},
    {"keep close: first offers, a say in the product",
     "keep close: first offers, a say in the product",
     "贴近：优先体验，参与产品"},
    {"last_day", "last day", "末购日"},
    {"line", "line", "产品线"},
    {"logo", "customers kept", "客户留存率"},
    {"lost", "lost", "已流失"},
    {"loyal", "loyal", "忠诚客户"},
    {"mechanism", "mechanism", "机制"},
    {"met", "met", "达成"},
    {"missed", "missed", "未达成"},
    {"model", "model", "模式"},
    {"monetary", "monetary", "金额均值"},
    {"monetary_score", "monetary score", "金额分"},
    {"need-attention", "need attention", "需要关注"},
    {"new", "new", "新客户"},
    {"no reading", "no reading", "无读数"},
    {"nrr", "net revenue retention", "净收入留存率"},
    {"none", "no role", "无角色"},
    {"open", "open", "未结"},
    {"opening", "opening", "期初"},
    {"other_new", "other new customers", "其他新客"},
    {"paid_new", "paid-for new customers", "付费获客"},
    {"part", "part", "份额"},
    {"part_of_revenue", "part", "部分"},
    {"party", "party", "客户"},
    {"path", "path", "路径"},
    {"period", "period", "期间"},
    {"potential-loyalist", "may become loyal", "潜在忠诚"},
    {"promising", "promising", "有潜力"},
    {"quality", "capital quality", "客户资本质量"},
    {"quick", "quick ratio", "速动比率"},
    {"ramp_up", "ramp-up", "潜力价值"},
    {"reactivation", "returned", "回归"},
    {"recency", "recency", "近度"},
    {"recency_score", "recency score", "近度分"},
    {"record", "record", "记录"},
    {"referral", "referral", "口碑价值"},
    {"retained", "customers retained", "客户留存率"},
    {"retention", "retention", "留存价值"},
    {"revenue", "revenue", "收入"},
    {"revenue_retained", "revenue retained", "收入留存率"},
    {"segment", "segment", "分层"},
    {"plays", "plays", "担任"},
    {"raise the value: cross-sell, give them a voice",
     "raise the value: cross-sell, give them a voice",
     "提升价值：交叉销售，给予话语权"},
    {"serve at low cost, watch for signs",
     "serve at low cost, watch for signs",
     "低成本服务，留意迹象"},
    {"slogan", "slogan", "口号"},
    {"unit", "unit", "单位"},
    {"win the heart: care, service, a person to ask",
     "win the heart: care, service, a person to ask",
     "赢得人心：关怀、服务、专人"},
};

const char *
label_of(const char *name, int language)
{
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        if (strcmp(labels[i].name, name) == 0) {
            return language == LANG_ZH ? labels[i].zh : labels[i].en;
        }
    }
    return name;
}
