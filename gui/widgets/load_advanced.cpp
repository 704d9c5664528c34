#include "gui/widgets/load_advanced.h"
#include "gui/theme.h"
#include "gui/units.h"

#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QVBoxLayout>

#include <string>

namespace gui
{
namespace
{

// Of LoadSpec::contextTokens; one below stands for the file's own.
constexpr int kLeastContext = 16, kMostContext = 1 << 20, kFilesContext = kLeastContext - 1;
constexpr int kContextStep = 1024;
constexpr double kEpsilonUnit = 1e-5; ///< in which the field counts

/// Steps to whole multiples, also from the value that stands for the file's own.
class ContextField final : public QSpinBox
{
public:
    using QSpinBox::QSpinBox;
    void stepBy(int steps) override
    {
        const int below = value() / kContextStep * kContextStep;
        const int from = steps < 0 && below < value() ? below + kContextStep : below;
        setValue(from + steps * kContextStep < kContextStep ? minimum() : from + steps * kContextStep);
    }
};

/// RWKV-5 to 7. Of hybrids the family does not tell; of those few have such a norm.
bool hasHeadNorm(const std::string &family)
{
    return family.starts_with("rwkv5") || family.starts_with("rwkv6") || family.starts_with("rwkv7");
}

void setShown(QFormLayout &form, QWidget *field, bool shown)
{
    form.labelForField(field)->setVisible(shown);
    field->setVisible(shown);
}

} // namespace

LoadAdvanced::LoadAdvanced(QWidget *parent)
    : QWidget(parent)
    , m_fold(new QPushButton(this))
    , m_fields(new QWidget(this))
    , m_form(new QFormLayout(m_fields))
    , m_context(new ContextField(m_fields))
    , m_epsilon(new QDoubleSpinBox(m_fields))
{
    m_fold->setObjectName(QStringLiteral("models.load.advanced"));
    m_fold->setProperty("link", true);
    m_fold->setCheckable(true);
    m_fold->setText(tr("Advanced"));
    m_fold->setToolTip(tr("Shows what few models need."));

    m_context->setObjectName(QStringLiteral("models.load.context"));
    m_context->setRange(kFilesContext, kMostContext);
    m_context->setSingleStep(kContextStep);
    m_context->setKeyboardTracking(false);
    m_context->setAccessibleName(tr("Context"));
    m_context->setSuffix(tr(" tokens"));
    m_context->setToolTip(
        tr("How many tokens the attention of this hybrid keeps, 16 to 1,048,576. A chat that outgrows "
           "them ends. Each token that a text has read takes memory."));

    m_epsilon->setObjectName(QStringLiteral("models.load.epsilon"));
    m_epsilon->setRange(0, 1 / kEpsilonUnit);
    m_epsilon->setDecimals(3);
    m_epsilon->setKeyboardTracking(false);
    m_epsilon->setAccessibleName(tr("Head norm epsilon"));
    m_epsilon->setSuffix(QStringLiteral(" × 10⁻⁵"));
    m_epsilon->setSpecialValueText(tr("As trained (mostly 64 × 10⁻⁵)"));
    m_epsilon->setToolTip(
        tr("Epsilon of the norm behind every head. Change it only for a model that was trained with "
           "another one and does not say so."));

    m_form->setContentsMargins(0, 0, 0, 0);
    m_form->setHorizontalSpacing(12);
    m_form->setVerticalSpacing(8);
    m_form->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_form->addRow(tr("&Context"), m_context);
    m_form->addRow(tr("&Head norm epsilon"), m_epsilon);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addWidget(m_fold, 0, Qt::AlignLeft);
    column->addWidget(m_fields);

    connect(m_fold, &QPushButton::toggled, this, &LoadAdvanced::updateFold);
    connect(m_context, &QSpinBox::valueChanged, this, &LoadAdvanced::changed);
    connect(m_epsilon, &QDoubleSpinBox::valueChanged, this, &LoadAdvanced::changed);
    updateFold();
}

void LoadAdvanced::setModel(const engine::ModelInfo &info, bool isOther)
{
    const QSignalBlocker blockContext(m_context);
    const QSignalBlocker blockEpsilon(m_epsilon);
    const bool hasAttention = info.contextTokens > 0;
    const bool hasHeads = hasHeadNorm(info.family);
    m_context->setSpecialValueText(
        tr("As in the file (%1 tokens)").arg(countText(std::uint64_t(info.contextTokens))));
    if (isOther || !hasAttention) m_context->setValue(kFilesContext);
    if (isOther || !hasHeads) m_epsilon->setValue(0);
    setShown(*m_form, m_context, hasAttention);
    setShown(*m_form, m_epsilon, hasHeads);
    setVisible(hasAttention || hasHeads);
}

void LoadAdvanced::applyTo(engine::LoadSpec &spec) const
{
    spec.contextTokens = m_context->value() == kFilesContext ? 0 : m_context->value();
    spec.headNormEpsilon = float(m_epsilon->value() * kEpsilonUnit);
}

void LoadAdvanced::updateFold()
{
    m_fold->setIcon(
        icon(m_fold->isChecked() ? QStringLiteral("chevron-down") : QStringLiteral("chevron-right")));
    m_fields->setVisible(m_fold->isChecked());
}

} // namespace gui
