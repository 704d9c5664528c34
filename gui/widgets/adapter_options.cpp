#include "gui/widgets/adapter_options.h"
#include "gui/theme.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QToolButton>

#include <algorithm>

namespace gui
{
namespace
{

constexpr double kMostAlpha = 1000;
constexpr int kIndent = 22; ///< below the name, behind its tick

bool isOfKind(const engine::AdapterInfo *info, std::initializer_list<const char *> kinds)
{
    if (!info) return true; // not known yet
    return std::any_of(info->parts.begin(), info->parts.end(), [&kinds](const auto &part) {
        return std::find(kinds.begin(), kinds.end(), part.kind) != kinds.end();
    });
}

bool hasAlpha(const engine::AdapterInfo *info) { return isOfKind(info, {"LoRA", "DoRA"}); }
bool hasInit(const engine::AdapterInfo *info) { return isOfKind(info, {"LoRA", "PiSSA"}); }
bool hasBlocks(const engine::AdapterInfo *info) { return isOfKind(info, {"Bone"}); }

} // namespace

bool AdapterOptions::hasAny(const engine::AdapterInfo *info)
{
    return hasAlpha(info) || hasInit(info) || hasBlocks(info);
}

AdapterOptions::AdapterOptions(const engine::AdapterUse &use, const engine::AdapterInfo *info,
                               const QString &name, QWidget *parent)
    : QWidget(parent)
    , m_use(use)
    , m_name(name)
    , m_form(new QFormLayout(this))
{
    m_form->setContentsMargins(kIndent, 2, 0, 4);
    m_form->setHorizontalSpacing(12);
    m_form->setVerticalSpacing(4);
    m_form->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    if (hasAlpha(info)) addAlpha(info);
    if (hasInit(info)) addInit();
    if (hasBlocks(info)) addBlocks();
}

void AdapterOptions::addAlpha(const engine::AdapterInfo *info)
{
    auto *alpha = new QDoubleSpinBox(this);
    alpha->setObjectName(m_name + QStringLiteral(".alpha"));
    alpha->setRange(0, kMostAlpha);
    alpha->setDecimals(2);
    alpha->setKeyboardTracking(false);
    alpha->setSpecialValueText(info && info->alpha > 0
                                   ? tr("As the file says (%1)").arg(QLocale().toString(info->alpha))
                                   : tr("As the file says, else the rank"));
    alpha->setValue(double(m_use.alpha));
    alpha->setAccessibleName(tr("Alpha"));
    alpha->setToolTip(tr("The change is multiplied by alpha / rank."));
    m_form->addRow(tr("Alpha"), alpha);
    connect(alpha, &QDoubleSpinBox::valueChanged, this, [this](double value) {
        m_use.alpha = float(value);
        Q_EMIT changed(m_use);
    });
}

void AdapterOptions::addInit()
{
    auto *line = new QWidget(this);
    m_init = new QLineEdit(QString::fromStdString(m_use.pissaInit), line);
    m_init->setObjectName(m_name + QStringLiteral(".init"));
    m_init->setClearButtonEnabled(true);
    m_init->setPlaceholderText(tr("In the file, or none"));
    m_init->setAccessibleName(tr("Initial factors of PiSSA"));
    m_init->setToolTip(tr("The file with the factors that a PiSSA adapter began with."));
    auto *choose = new QToolButton(line);
    choose->setObjectName(m_name + QStringLiteral(".init.choose"));
    choose->setIcon(icon(QStringLiteral("open")));
    choose->setToolTip(tr("Choose the file"));
    choose->setAccessibleName(choose->toolTip());
    auto *row = new QHBoxLayout(line);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    row->addWidget(m_init, 1);
    row->addWidget(choose);
    m_form->addRow(tr("PiSSA start"), line);
    connect(m_init, &QLineEdit::textChanged, this, [this](const QString &path) {
        m_use.pissaInit = path.trimmed().toStdString();
        Q_EMIT changed(m_use);
    });
    connect(choose, &QToolButton::clicked, this, &AdapterOptions::chooseInit);
}

void AdapterOptions::addBlocks()
{
    using engine::AdapterBlocks;
    auto *blocks = new QComboBox(this);
    blocks->setObjectName(m_name + QStringLiteral(".blocks"));
    blocks->addItem(tr("As shape and name tell"), int(AdapterBlocks::Auto));
    blocks->addItem(tr("Inputs"), int(AdapterBlocks::Inputs));
    blocks->addItem(tr("Outputs"), int(AdapterBlocks::Outputs));
    blocks->setCurrentIndex(blocks->findData(int(m_use.blocks)));
    blocks->setAccessibleName(tr("Blocks of Bone"));
    blocks->setToolTip(tr("Whether the blocks of a Bone adapter go with inputs or with outputs."));
    m_form->addRow(tr("Blocks"), blocks);
    connect(blocks, &QComboBox::currentIndexChanged, this, [this, blocks] {
        m_use.blocks = AdapterBlocks(blocks->currentData().toInt());
        Q_EMIT changed(m_use);
    });
}

void AdapterOptions::chooseInit()
{
    auto *dialog = new QFileDialog(this, tr("Choose the initial factors"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters(
        {tr("PyTorch and safetensors files (*.pth *.pt *.safetensors)"), tr("All files (*)")});
    connect(dialog, &QFileDialog::fileSelected, m_init, &QLineEdit::setText);
    dialog->open();
}

} // namespace gui
